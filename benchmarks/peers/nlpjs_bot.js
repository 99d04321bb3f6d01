// nlp.js: an intent per rule, trained on its phrases; tests on facts as its answers' conditions.
// Rules without a phrase answer where the recognised intent has no answer (as intent "None").
// Lines of JSON come in on stdin (first the rules, then messages) and go out on stdout, timed here.
// What it cannot say: priorities (the most similar intent is taken, and of several answers that
// hold one at random), "unless the message also says …", regular expressions.
'use strict';

const readline = require('node:readline');
const { dockStart } = require('@nlpjs/basic');

const OPERATORS = { eq: '===', ne: '!==', ge: '>=', le: '<=' };

function writeTest([fact, operator, operand]) {
  if (operator === 'in') {
    return `(${operand.map((each) => writeTest([fact, 'eq', each])).join(' || ')})`;
  }
  return `${fact} ${OPERATORS[operator]} ${JSON.stringify(operand)}`;
}

function readPhrase(expression) {
  return expression.startsWith('/') ? expression.match(/\p{L}{2,}/gu).join(' ') : expression;
}

async function build(rules) {
  const settings = { nlp: { autoSave: false, log: false } };
  const dock = await dockStart({ use: ['Basic'], settings });
  const nlp = dock.get('nlp');
  nlp.addLanguage('en');
  for (const { name, text, tests } of rules) {
    for (const expression of text) nlp.addDocument('en', readPhrase(expression), name);
    const condition = tests.map(writeTest).join(' && ');
    nlp.addAnswer('en', text.length ? name : 'None', name, condition || undefined);
  }
  await nlp.train();
  return nlp;
}

async function decide(nlp, { text, facts }) {
  const { answer } = await nlp.process('en', text, { ...facts });
  if (answer) return answer;
  const found = await nlp.nlgManager.find('en', 'None', { ...facts });
  return found.answer || null;
}

function readMemory() {
  if (global.gc) global.gc();
  return process.memoryUsage().rss / 1e6;
}

// Microseconds of processor time, as the peers in Python are timed.
function readClock() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function main() {
  let nlp;
  let memory;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const data = JSON.parse(line);
    if (nlp === undefined) {
      memory = readMemory();
      const start = readClock();
      nlp = await build(data);
      const seconds = (readClock() - start) / 1e6;
      console.log(JSON.stringify({ load_seconds: seconds }));
    } else if (data === 'done') {
      console.log(JSON.stringify({ memory_mb: readMemory() - memory }));
    } else {
      const start = readClock();
      const answer = await decide(nlp, data);
      const micros = readClock() - start;
      console.log(JSON.stringify({ us: micros, answer }));
    }
  }
}

main();
