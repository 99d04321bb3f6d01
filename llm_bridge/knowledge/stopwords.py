"""Words that say nothing about the subject of a customer's question, by language.

Where a language has none, how rare a word is has to do.
"""

from __future__ import annotations

from llm_bridge.lexicon import STOPWORDS as ENGLISH

_TEXTS = {
    "de": """
aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin
bis bist bitte da damit dann darf das dass dein deine dem den der des dich die dies diese diesem
diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch euer
eure für gegen gehen geht gerade gern gerne gibt ging habe haben hallo hast hat hatte hätte hier
hinter ich ihm ihn ihnen ihr ihre ihrem ihren im in ins ist ja jede jeden jeder jedes jetzt kann
kannst kein keine keinen können könnte könnten könnt lange machen mal man mein meine meinem meinen
meiner meines mich mir mit möchte möchten muss müssen nach nicht nichts noch nun nur ob oder ohne
schon sehr sein seine sich sie sind so soll sollte über um und uns unser unsere unter viel vom von
vor wann war waren warum was weg weil welche welchem welchen welcher welches wenn wer werde werden
wie wieder will wir wird wo woher wohin wollen wurde würde zu zum zur zwischen tag tage heute
morgen
""",
    "es": """
a al algo alguna algunas alguno algunos ante antes aquí así aún aunque bien buenas buenos cada
como cómo con contra cosa cual cuál cuales cuáles cuando cuándo cuánto cuánta cuántos cuántas
cuanto de del desde donde dónde dos e el él ella ellas ellos en entre era es esa esas ese eso esos
esta está están estas este esto estos estoy favor fue gracias ha hace hacer hago han has hasta hay
he hola la las le les lo los más me mi mí mis mucho muy nada ni no nos nosotros nuestra nuestro o
os otra otro para pero poco podemos podría por porque pueda puede pueden puedo qué que quiero
quien quién se sea ser si sí sin sobre son su sus también tan te tengo tiene tienen todo todos tu
tú tus un una uno unos usted ustedes va y ya yo día días hoy mañana
""",
    "fr": """
a ai alors après as au aucun aussi autre aux avant avec avez avoir avons bien bonjour c ça car ce
ceci cela ces cet cette chez comme comment d dans de des dois doit donc du elle elles en encore
est et étais était être eu eux fait faire fais faut il ils j je jour jours juste l la là le les
leur leurs lui m ma mais me même merci mes moi mon n ne ni nos notre nous on ont ou où par pas peu
peut peux plait plaît plus pour pourquoi pourrait pouvez puis puisque qu quand que quel quelle
quelles quels qui quoi s sa sans se sera ses si son sont suis sur t ta te tes toi ton tous tout
toute toutes très tu un une vais veut veux voir vos votre voudrais vous y aujourd hui demain
combien temps
""",
    "it": """
a ad ai al alla alle anche ancora avere avete bene c che chi ci ciao come con cosa cui d da dal
dalla dei del della delle di dopo dove due e è ed era essere fa fare faccio favore fra gli grazie
ha hanno ho i il in io l la le lei lo loro lui ma me mi mia mie miei mio molto ne nel nella no noi
non nostra nostro o ogni per perché più poco posso potete può qual quale quali quando quanto
quanta quanti quante quella quello questa queste questi questo qui se sei senza si sì sia siete
sono sta su sua sue sul sulla suo te ti tra tu tua tue tuo tutti tutto un una uno vi voglio voi
vorrei vostra vostro giorno giorni oggi domani
""",
    "nl": """
aan al alle als alsjeblieft altijd ben bij dag dagen dan dat de deze die dit doe doen door dus een
en er ga gaan geen had hallo hebben hebt heb heeft hem het hier hij hoe hoeveel hoelang hun ik in
is ja jaar je jij jouw jullie kan kunnen kunt lang maar maken me meer mee met mij mijn moet moeten
mogen na naar niet niets nog nu of om omdat onder ons onze ook op over te tegen toch toen tot u
uit uw van veel voor waar waarom wanneer want waren was wat we wel welk welke werd wie wij wil
willen wordt worden zal ze zei zelf zich zij zijn zo zonder zou vandaag morgen graag
""",
    "pt": """
a à agora ainda algo alguma algum ao aos aqui as às até bem bom cada com como da das de dele
depois desde dia dias do dos e é ela elas ele eles em entre era essa esse esta está estão estas
este estes eu faço fazer favor foi gostaria há hoje isso isto já lhe mais mas me mesmo meu meus
minha minhas muito na nas não nem no nos nós nossa nosso o obrigado olá onde os ou para pela pelo
pode podem posso por porque qual quais quando quanto quanta quantos quantas que quem quero são se
sem ser será seu seus só sobre sua suas também tem tenho ter teu tu tudo um uma umas uns vai você
vocês vou amanhã
""",
}

STOPWORDS = {
    "en": ENGLISH,
    **{language: frozenset(text.split()) for language, text in _TEXTS.items()},
}
