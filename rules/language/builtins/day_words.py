"""Words that name a day without a digit, by language, and what makes them name another day.

Only words that mean little else: no `sun`, no `mon`, no Portuguese `segunda`. They are both the
cheap test and what a date parser is asked about.
"""

from rules.language.text import fold, split_words

_WORDS = {
    "en": "today|tomorrow|yesterday|day after tomorrow|day before yesterday|monday|tuesday"
    "|wednesday|thursday|friday|saturday|sunday",
    "de": "heute|morgen|gestern|übermorgen|vorgestern|montag|dienstag|mittwoch|donnerstag"
    "|freitag|samstag|sonntag",
    "fr": "aujourd'hui|demain|hier|après-demain|avant-hier|lundi|mardi|mercredi|jeudi|vendredi"
    "|samedi|dimanche",
    "es": "hoy|mañana|ayer|anteayer|lunes|martes|miércoles|jueves|viernes|sábado|domingo",
    "it": "oggi|domani|ieri|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica",
    "pt": "hoje|amanhã|ontem|anteontem|segunda-feira|terça-feira|quarta-feira|quinta-feira"
    "|sexta-feira|sábado|domingo",
    "nl": "vandaag|morgen|gisteren|overmorgen|eergisteren|maandag|dinsdag|woensdag|donderdag"
    "|vrijdag|zaterdag|zondag",
    "pl": "dzisiaj|dziś|jutro|wczoraj|poniedziałek|wtorek|środa|środę|czwartek|piątek|sobota"
    "|sobotę|niedziela|niedzielę",
    "ru": "сегодня|завтра|вчера|послезавтра|позавчера|понедельник|вторник|среду|четверг"
    "|пятница|пятницу|суббота|субботу|воскресенье",
    "uk": "сьогодні|завтра|вчора|післязавтра|позавчора|понеділок|вівторок|середу|четвер"
    "|п'ятниця|п'ятницю|субота|суботу|неділя|неділю",
    "tr": "bugün|yarın|dün|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi",
    "cs": "dnes|zítra|včera|pozítří|předevčírem|pondělí|úterý|středa|středu|čtvrtek|pátek"
    "|sobota|sobotu|neděle|neděli",
    "sv": "idag|i dag|imorgon|i morgon|igår|i går|måndag|tisdag|onsdag|torsdag|fredag|lördag"
    "|söndag",
    "da": "i dag|i morgen|i går|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
    "nb": "i dag|i morgen|i går|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
    "fi": "tänään|huomenna|eilen|maanantaina|tiistaina|keskiviikkona|torstaina|perjantaina"
    "|lauantaina|sunnuntaina",
    "ar": "اليوم|غدا|غدًا|أمس|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد",
    "he": "היום|מחר|אתמול|יום שני|יום שלישי|יום רביעי|יום חמישי|יום שישי|יום ראשון",
    "ja": "今日|明日|昨日|明後日|一昨日|月曜日|火曜日|水曜日|木曜日|金曜日|土曜日|日曜日",
    "zh": "今天|明天|昨天|后天|前天|星期一|星期二|星期三|星期四|星期五|星期六|星期日|星期天",
    "th": "วันนี้|พรุ่งนี้|เมื่อวาน|วันจันทร์|วันอังคาร|วันพุธ|วันพฤหัสบดี|วันศุกร์|วันเสาร์|วันอาทิตย์",
    "ko": "오늘|내일|어제|월요일|화요일|수요일|목요일|금요일|토요일|일요일",
}  # fmt: skip
_SAME = {"no": "nb"}  # languages that go by another name as well

WORDS: dict[str, tuple[str, ...]] = {
    language: tuple(words.split("|")) for language, words in _WORDS.items()
}
# Written without spaces, or with endings: these stand anywhere in a text.
GLUED = frozenset({"ja", "zh", "th", "ko"})

# Beside one of these it is another day, or none: last friday, every friday, Black Friday.
_OTHER_BEFORE = (
    "last", "next", "every", "each", "previous", "black", "good", "cyber",
    "letzt", "nächst", "übernächst", "vorig", "vergang", "jeden", "jede", "kommend",
    "chaque", "tous", "cada", "próxim", "proxim", "pasad", "passad", "último", "ogni", "scors",
    "prossim", "depois", "volgende", "vorige", "afgelopen", "elke", "iedere",
    "następn", "zeszł", "ubiegł", "każd", "przyszł", "прошл", "следующ", "кажд", "минул",
    "наступн", "кожн", "geçen", "gelecek", "her", "příští", "minul", "každ", "nästa", "förra",
    "varje", "næste", "neste", "sidste", "forrige", "hver", "viime", "ensi", "joka", "بعد", "كل",
    "כל",
)  # fmt: skip
_OTHER_AFTER = (
    "last", "next", "week", "in", "prochain", "dernier", "que", "pasad", "passad", "próxim",
    "proxim", "scors", "prossim", "الماضي", "القادم", "المقبل", "הבא", "שעבר", "הקרוב",
)  # fmt: skip
_OTHER_AROUND_GLUED = (
    "大", "の", "週", "周", "上", "下", "每", "个", "個", "毎", "ซืน", "หน้า", "ที่แล้ว", "지난", "다음",
    "매주", "주",
)  # fmt: skip
# The same word says "morning", or needs the one before.
_MORNING = {
    "morgen": ("gut", "am", "heute", "gestern", "jeden", "diesen", "goede", "deze", "vandaag"),
    "mañana": ("la", "esta", "cada", "buena"),
    "amanhã": ("de",),
}

_FIRST_WORDS = frozenset(
    split_words(word)[0] for tag, words in WORDS.items() if tag not in GLUED for word in words
)
_GLUED_WORDS = tuple(fold(word) for tag in GLUED for word in WORDS[tag])


def may_name_day(text: str) -> bool:
    """Whether a word of any of these languages for a day is in the text."""
    if not _FIRST_WORDS.isdisjoint(split_words(text)):
        return True
    if text.isascii():
        return False
    folded = fold(text)
    return any(word in folded for word in _GLUED_WORDS)


def get_day_words(language: str) -> tuple[str, ...]:
    """Words for days in a main language, longest first; for most languages none."""
    return tuple(sorted(WORDS.get(_SAME.get(language, language), ()), key=len, reverse=True))


def names_other_day(word: str, *, before: str, after: str, language: str) -> bool:
    """Whether its neighbours make the word mean something else (texts casefolded)."""
    if language in GLUED:
        near = before[-2:], after[:8].lstrip()
        return any(
            near[0].rstrip().endswith(s) or near[1].startswith(s) for s in _OTHER_AROUND_GLUED
        )
    previous, following = before.split()[-1:] or [""], after.split()[:1] or [""]
    if after.startswith(("'", "-")) or before.endswith("-"):
        return True
    if previous[0].startswith(_OTHER_BEFORE) or following[0].startswith(_OTHER_AFTER):
        return True
    return word in _MORNING and (
        previous[0].startswith(_MORNING[word]) or (not previous[0] and _is_greeting(after))
    )


def _is_greeting(after: str) -> bool:
    """`Morgen, wo ist …` begins a message, `Morgen.` answers a question."""
    return after.startswith((",", "!")) and len(after) > 2
