"""How orders to a model are worded, in the languages that they come in.

Each pattern is searched in a plain text (`plain.py`) by RE2, in linear time. A certain one is
enough by itself; two hints of different kinds are, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import re2

CERTAIN, HINT = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """What kind of order a text has, and how much that says."""

    kind: str
    weight: float


# An order begins a clause: "How can I ignore …" and "I ignored …" are none.
_ORDER = (
    r"(?:^|[.!?,;:\"'“”)\]}>*#-] ?|\b(?:please|now|then|and|so|just|instead|must|should|shall|will|can"
    r"|you to|stop|first|okay|ok|hey|assistant|bot|gpt|chatgpt|bitte|jetzt|nun|dann|und|por favor|ahora"
    r"|maintenant|puis|per favore|ora|agora|nu|teraz|а теперь|теперь) )"
)
_GAP = r"(?:[\w'’]+[ ,]+){0,4}?"
_OURS_EN = (
    r"(?:instructions?|guidelines?|prompts?|directions|directives?|programming|training|rules|tasks?"
    r"|assignments?|constraints|commands|context|messages? above|sources|documents?|articles"
    r"|information|conversation|everything (?:above|before))"
)
_BEFORE_EN = r"(?:previous(?:ly)?|prior|above|earlier|preceding|former|past|before|all|your|any|every|system|initial|original|given|existing)"
_IGNORE_EN = r"(?:ignore|disregard(?:ing)?|forget(?: about)?|neglect|override|bypass|discard|dismiss|do not follow|don[’']?t follow|stop following|pay no attention to)"

_PATTERNS: tuple[tuple[str, float, str], ...] = (
    ("override", CERTAIN, rf"{_ORDER}{_IGNORE_EN} {_GAP}{_BEFORE_EN} {_GAP}{_OURS_EN}\b"),
    ("override", CERTAIN, rf"{_ORDER}{_IGNORE_EN} {_GAP}(?:{_OURS_EN}|everything|anything) {_GAP}(?:above|before|i said|you (?:were|have been|got|know|learned)|previously|prior|so far|been told)\b"),
    ("override", HINT, rf"{_ORDER}{_IGNORE_EN} (?:everything|all|it all|that all)\b"),
    ("override", HINT, r"\b(?:despite|regardless of|no matter|contrary to) (?:what|anything|everything) (?:you(?:[’']ve| have)? (?:been|were)|i)\b"),
    ("override", CERTAIN, r"\b(?:your own|own) (?:knowledge|opinion) and not (?:by|from|on) the\b|\b(?:not|without|disregarding|regardless of) (?:by |using |from |on )?the (?:articles?|documents?|sources?|context)\b"),
    ("override", CERTAIN, r"(?:vergiss|vergesst|vergessen sie|ignorier(?:e|en sie|st du)?|missachte|lass) (?:\w+ ){0,5}?(?:anweisung\w*|aufgaben?\w*|anleitung\w*|aufträge|regeln|vorgaben|instruktion\w*|information\w*|befehle?|prompts?|kontext|beschränkungen|alles,? was)\b"),
    ("override", HINT, r"\b(?:vergiss|ignoriere?) (?:bitte )?(?:nun |jetzt )?(?:alles|alle|sämtliche)\b"),
    ("override", CERTAIN, r"\b(?:ignor[ae]|olvid[ae]|omit[ae]|desestim[ae]|tienes que olvidar)(?:te de)? (?:\w+ ){0,4}?(?:instrucci\w+|indicacion\w*|órdenes|reglas|tareas|lo anterior|prompt|todo (?:lo )?que)\b"),
    ("override", CERTAIN, r"\b(?:ignore[rz]?|oublie[rz]?|ne tiens? pas compte) (?:\w+[’' ]){0,5}?(?:instructions?|consignes?|règles|directives|tout ce qui précède|prompt)\b.{0,30}?(?:précédent|ci-dessus|antérieur|système|avant|données|toutes|tes|vos|$)"),
    ("override", CERTAIN, r"\b(?:ignora|dimentica|trascura|ignorare) (?:\w+ ){0,4}?(?:istruzioni|regole|indicazioni|prompt|compiti) ?(?:precedenti|sopra|date|di sistema|ricevute)?"),
    ("override", CERTAIN, r"\b(?:ignore|esque[cç]a|desconsidere) (?:\w+ ){0,4}?(?:instruções|regras|orientações|prompt|comandos)\b"),
    ("override", CERTAIN, r"\b(?:negeer|vergeet) (?:\w+ ){0,4}?(?:instructies|regels|opdrachten|aanwijzingen|prompt)\b"),
    ("override", CERTAIN, r"\b(?:zignoruj|ignoruj|zapomnij) (?:\w+ ){0,4}?(?:instrukcj\w+|polece\w+|zasad\w*|reguł\w*|prompt\w*|zada\w+)\b"),
    ("override", CERTAIN, r"(?:забудь|забудьте|игнорируй|игнорируйте|проигнорируй|не обращай внимания на) (?:\w+ ){0,4}?(?:инструкци\w+|правил\w*|указани\w+|команд\w*|промпт\w*|задани\w+)"),
    ("override", CERTAIN, r"(?:önceki|yukarıdaki|tüm) (?:\w+ ){0,3}?(?:talimat\w*|kural\w*|komut\w*) (?:\w+ ){0,2}?(?:yok say|unut|görmezden)"),
    ("override", CERTAIN, r"(?:忽略|无视|忘记|忽視|無視).{0,12}(?:指令|指示|提示|规则|規則)|(?:指示|命令|ルール|プロンプト).{0,6}(?:無視|忘れ)|(?:지시|명령|규칙).{0,8}(?:무시|잊)|تجاهل.{0,20}(?:التعليمات|الأوامر)"),
    (
        "reveal",
        CERTAIN,
        r"\b(?:rules|instructions|guidelines|directions|directives|prompt) (?:that )?(?:(?:were|have) you(?: been)? (?:given|told|got)|you (?:were|have been) (?:given|told)|you (?:got|received) before)\b",
    ),
    ("reveal", CERTAIN, r"\b(?:show|print|repeat|reveal|output|display|tell|give|write|list|copy|return|leak|dump|translate|summari[sz]e|spell|encode|recite|echo|provide|share|paste|state|quote) (?:[\w'’]+[ ,:]+){0,6}?(?:your|the|this|these|full|entire|whole|complete|initial|original|hidden|secret|system|all) (?:[\w'’-]+ ){0,4}?(?:prompt ?texts?|system prompts?|system messages?|system instructions?|initial prompts?|secret instructions?|hidden instructions?|prompts)\b"),
    ("reveal", CERTAIN, r"\b(?:show|print|repeat|reveal|output|display|tell|give|write|list|copy|return|leak|recite|echo|provide|share|spell|what (?:is|are|was|were)) (?:[\w'’]+[ ,:]+){0,5}?your (?:[\w'’-]+ ){0,3}?(?:prompt|instructions|guidelines|directives|programming|configuration|rules) ?(?:$|[.!?,;:\"')]|and |above|verbatim|word for word|exactly|in full|completely|that you|as (?:a|an) )"),
    ("reveal", CERTAIN, r"\bwhat (?:is|are|was|were) (?:your|the (?:initial|original|full|hidden|exact|above|secret)) (?:[\w'’-]+ ){0,2}?(?:prompt|prompt ?texts?|instructions) ?(?:$|[.!?,;:\"')]|and |above|verbatim)"),
    ("reveal", CERTAIN, r"\b(?:repeat|print|copy|output|write|say|recite|translate|return|spell) (?:[\w'’]+[ ,:]+){0,4}?(?:everything|all(?: the)? (?:text|words|sentences|lines)|the (?:text|words|sentences?|lines?|message|conversation|instructions|prompt)) (?:\w+ ){0,3}?(?:above|before|preceding|up to|prior|previously)\b"),
    ("reveal", CERTAIN, r"\b(?:what|which|how) (?:\w+ ){0,4}?(?:sentences?|words?|text|lines?|instructions?|prompt) (?:\w+ ){0,3}?(?:before|above|prior to) (?:the|this|that|my|your)\b|\b(?:beginning|start|end|first (?:line|sentence|word)s?) of (?:the|your) (?:\w+ )?(?:prompt|instructions|document above|conversation above|dialog)\b"),
    ("reveal", CERTAIN, r"\b(?:zeig\w*|gib|geben sie|nenn\w*|wiederhol\w*|druck\w*|verrat\w*|schreib\w*|was (?:ist|sind|steht in)|wie lautet|übersetz\w*) (?:[\w]+ ){0,6}?(?:prompts?|prompttexte?|system-?prompts?|aufforderungstexte?|eingabeaufforderung\w*|systemnachricht|systemanweisung\w*|deine[nr]? (?:\w+ )?(?:anweisungen|regeln|instruktionen|vorgaben))\b"),
    ("reveal", CERTAIN, r"\b(?:muestra\w*|repite|revela|dime|imprime|escribe|montre\w*|répète\w*|révèle\w*|affiche\w*|donne\w*|mostra\w*|ripeti|rivela|dimmi|stampa|mostre|repita|revele|toon|herhaal|pokaż|powtórz|ujawnij|herhaal) (?:[\w’']+[ ’']){0,5}?(?:prompt\w*|instrucciones (?:iniciales|del sistema|originales)|tus instrucciones|tes (?:instructions|consignes)|vos instructions|instructions (?:système|initiales)|tue istruzioni|istruzioni (?:di sistema|iniziali)|suas instruções|instruções (?:do sistema|iniciais)|je instructies|systeeminstructies|swoje instrukcje|instrukcje systemowe)"),
    ("reveal", CERTAIN, r"(?:покажи\w*|повтори\w*|раскрой\w*|напиши\w*|выведи\w*) (?:\w+ ){0,5}?(?:систем\w+ (?:промпт|инструкци)\w*|свои инструкции|промпт\w*)"),
    ("persona", CERTAIN, r"\b(?:i want you to|you (?:will|must|should|shall|are going to|have to|are to)|from now on,?(?: you)?|let[’']?s|i(?:[’']d| would) like you to|can you|i need you to)(?: now| please| only)? (?:act|behave|respond|answer|reply|pretend|role-?play|play|simulate|impersonate|take on|speak|write) (?:as|like|to be|that you|the role|a game where|the character)\b"),
    ("persona", CERTAIN, rf"{_ORDER}(?:act as|pretend (?:to be|you|that you|ur)|role-?play as|imagine (?:you are|you[’']re|yourself|that you are)|impersonate|simulate (?:a|an|being)|behave (?:as|like)|assume the (?:role|persona)|take on the role)\b"),
    ("persona", CERTAIN, r"\byou are (?:now|no longer|going to (?:be|act|pretend|simulate)) (?:a|an|the|in|not|bound|dan\b|free|called|named|going|act|being|connected|opposite|playing)|(?:^|[.!?,:;\"] ?)you are (?:a|an|the) (?:\w+ ){0,4}?(?:ai|bot|assistant|model|gpt|hacker|terminal|dictator|terrorist|racist|president|expert|character)\b"),
    ("persona", HINT, r"(?:^|[.!?] )you are (?:the |a |an )?[\w ]{2,40}[.,!] |\bas (?:the )?[\w ]{3,30}, (?:tell|what|how|why|write|answer|say)\b|\bstay in (?:the )?role|in character\b|\bstyle of an?\b"),
    ("persona", CERTAIN, r"\b(?:du bist (?:jetzt|nun|ab jetzt|ab sofort)|ab (?:jetzt|sofort) bist du|stell(?:e)? dir vor,? du|tu(?:e)? so,? als|spiel(?:e)? die rolle|verhalte dich (?:wie|als)|ich möchte,? dass (?:du|sie) (?:\w+ ){0,3}?(?:als|wie|so)|agiere als|handle als|gib vor|schlüpfe in)\b"),
    ("persona", CERTAIN, r"\b(?:ahora eres|a partir de ahora (?:eres|actúa\w*)|actúa como|imagina que eres|finge (?:ser|que)|tu es maintenant|à partir de maintenant,? tu|agis comme|imagine que tu es|fais semblant|ora sei|d[’']ora in poi sei|comportati come|agisci come|fingi di|immagina di essere|agora você é|finja (?:ser|que)|aja como|je bent nu|doe alsof|gedraag je als|jesteś teraz|udawaj|zachowuj się jak)\b"),
    ("persona", CERTAIN, r"теперь ты |представь,? что ты|притворись|веди себя как"),
    ("jailbreak", CERTAIN, r"\bdo anything now\b|\bd\.?a\.?n\.? ?(?:mode|prompt|\d)|\bjailbr(?:eak|oken) ?(?:mode|prompt|gpt|yourself|enabled|chatgpt)|\bdeveloper mode (?:enabled|output|v2)\b|\benable (?:developer|god|debug|admin|unrestricted) mode|\b(?:anti|evil|bad|free|dark)-?gpt\b|\bopposite mode\b|\b(?:evil|unrestricted|amoral|uncensored|unfiltered|rogue) (?:ai|assistant|bot|chatbot|language model|version|chatgpt|gpt)\b"),
    ("jailbreak", CERTAIN, r"\b(?:without|no|free (?:of|from)|has no|ignor\w+|bypass\w*|unbound by|not bound by) (?:any |all |the |its |your |openai[’']?s? |\w+ ){0,3}?(?:ethical|moral|content|safety|openai|legal|ethics|morals)\b.{0,30}(?:guidelines|restrictions|limitations|limits|filters?|policy|policies|rules|boundaries|principles|standards|codes?|constraints)"),
    ("jailbreak", HINT, r"\b(?:uncensored|unfiltered|amoral|jailbroken|no (?:restrictions|limitations|filters|censorship)|break(?:ing)? character|never (?:refuse|say no)|openai|chat ?gpt|language model|exploit\w* ai)\b"),
    ("smuggle", CERTAIN, r"<\|?(?:im_?start|im_?end|endoftext|system|user|assistant)\|?>|\[/?inst\]|<</?sys>>|(?:^|\n| )#{2,} ?(?:system|instructions?|new instructions?|response|human|assistant)\b|\b(?:system|developer) ?(?:message|override|update|prompt|note)? ?[:=] ?(?:you|ignore|the|from|new|all|disregard)\b|</?(?:sources?|instruction|quoted|question)>|\bend of (?:the )?(?:prompt|instructions|system)\b"),
    ("smuggle", HINT, r"\b(?:base ?64|rot ?13|morse|hex(?:adecimal)?)\b.{0,40}\b(?:decode|execute|follow|instructions?|prompt)|\b(?:decode|decrypt|execute) (?:this|the following)\b|\\+n\\+n|\b(?:input|output): ?\w|\bcontext ?:|\bdocuments? ?:|\bsql\b.{0,20}\bterminal|(?:additional|new|updated) instructions?\b"),
    ("restart", CERTAIN, r"\b(?:new|next|another|different|following|actual|real) (?:tasks?|challenge|assignments?|instructions?) ?(?:follows?|now\b|begins?|:)|\bnow (?:focus on|comes?|follows?|new tasks?|here (?:is|comes)|get to) ?(?:\w+ ){0,3}?(?:new |next |actual )?tasks?\b|\b(?:help me with|work on|need (?:your )?help with|do) (?:the following|another|a new|this|a different|my next) (?:task|challenge|assignment|question)\b"),
    ("restart", HINT, r"\b(?:new|next|another) (?:tasks?|challenge|assignment|instructions?) (?:for you|is)\b|^be an? \w+"),
    ("restart", HINT, r"\b(?:well done|great job|good job|very good|excellent|fantastic|simply great|that is enough|that[’']s enough|that was ok(?:ay)?|forget (?:about )?(?:it|that|everything)|start (?:all )?over|start from (?:scratch|the beginning|anew)|sehr gut|gut gemacht|ausgezeichnet|das ist erledigt|das war|vergiss)\b.{0,80}\b(?:now|task|new|next|write|answer|jetzt|nun|aufgabe|schreib\w*|verfasse|beantworte)\b"),
    ("restart", CERTAIN, r"\b(?:jetzt|nun|es folg\w+|beginn\w*|konzentrier\w*|fokussier\w*|hier (?:ist|kommt)) (?:[\w]+ ){0,5}?(?:neue[rn]?|nächste[rn]?|eigentliche[rn]?|richtige[rn]?|folgende[rn]?) (?:\w+ )?(?:aufgaben?|aufträge?|anweisung\w*|herausforderung)\b|\b(?:neue|weitere) (?:aufgaben?|anweisungen) (?:folgen|für dich)|\b(?:folgende[nr]?|eine[rn]? andere[nr]?) (?:frage|aufgabe)\b.{0,60}\b(?:stil|warum sind|wie beantwortest)"),
    ("dictate", CERTAIN, r"\b(?:and|then|but)? ?instead,? (?:of \w+ ?)?(?:say|output|print|write|tell|respond|answer|translate|give|return)\b|\b(?:say|respond|reply|answer|output|print|state|write) (?:only |just |always |exactly |with |the word |the phrase )+[\"'“‘:]|\bmust (?:say|answer|respond|reply) (?:yes|no|with|that)\b"),
    ("dictate", HINT, r"(?:^|[.!?\"] )(?:write|generate|create|compose|draft|state|schreibe?|verfasse|erstelle|beantworte|answer|generiere)\b.{0,60}\b(?:why|that|plea|manifesto|manifest|essay|essays?|rede|speech|code|poem|gedicht|warum|dass|text|plädoyer|article|song|rap|rhyme|joke)\b|\bwhy (?:are|is) (?:the )?\w+ (?:\w+ )?(?:so |the |un)\w+|\bwarum (?:sind|ist) "),
)  # fmt: skip


def _compile(pattern: str) -> Any:
    r"""With `\w` for the letters of all alphabets: RE2's is ASCII's."""
    letters = r"a-z0-9_\x{80}-\x{10ffff}"
    pattern = pattern.replace(r"[\w", f"[{letters}").replace(r"\w", f"[{letters}]")
    return re2.compile(pattern)


# One by one: a set of them outgrows what RE2 allows an automaton, and then finds nothing.
_COMPILED = tuple((Hit(kind, weight), _compile(pattern)) for kind, weight, pattern in _PATTERNS)


def find_hits(plain: str) -> Iterator[Hit]:
    """The kinds of orders in a plain text."""
    return (hit for hit, pattern in _COMPILED if pattern.search(plain))
