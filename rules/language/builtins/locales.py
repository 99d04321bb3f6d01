"""What a language tag says about writing: Babel's locale, the likely territory."""

from functools import lru_cache

from babel.core import Locale, UnknownLocaleError, get_global

_DEFAULT = "en"
_CACHED = 64  # languages: visitors name them, so there is an end to what is kept


@lru_cache(maxsize=_CACHED)
def find_locale(language: str) -> Locale:
    """The locale of a tag, else of its main language, else English."""
    main = get_main_language(language)
    for tag in (language, main):
        try:
            return Locale.parse(tag, sep="-" if "-" in tag else "_")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_DEFAULT)


def get_main_language(language: str) -> str:
    """`de` of `de-AT`."""
    return language.replace("_", "-").partition("-")[0].casefold()


@lru_cache(maxsize=_CACHED)
def find_territory(language: str) -> str | None:
    """The territory that the tag names, else the likely one: `AT` of `de-AT`, `DE` of `de`."""
    locale = find_locale(language)
    if locale.territory:
        return str(locale.territory)
    likely = get_global("likely_subtags").get(get_main_language(language), "")
    territory = likely.rpartition("_")[2]
    return territory if len(territory) == 2 and territory.isupper() else None
