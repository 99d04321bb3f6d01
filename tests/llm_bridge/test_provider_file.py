"""The file that lists several providers: what it may say, and what it is told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_bridge.plan import Choice
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.providers.file import ProviderFile, ProviderFileError, read_provider_file

ENTRY = 'name = "near"\nbase_url = "http://10.0.0.5:8000/v1"\n'


def read(text: str, folder: Path, **environ: str) -> ProviderFile:
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return read_provider_file(path, environ=environ)


def read_one(lines: str, folder: Path, **environ: str) -> ProviderConfig:
    (config,) = read(f"[[provider]]\n{lines}", folder, **environ).providers
    return config


def test_providers_stand_in_the_order_of_the_file_with_their_plan(tmp_path: Path) -> None:
    text = (
        f"[[provider]]\n{ENTRY}[[provider]]\n"
        'name = "far"\nkind = "openai"\napi_key_env = "FAR_KEY"\n'
        '[plan]\nchoices = [{provider = "far"}, {provider = "near"}]\n'
    )
    file = read(text, tmp_path, FAR_KEY=" sk-far ")
    assert [config.name for config in file.providers] == ["near", "far"]
    assert file.providers[1].base_url == "https://api.openai.com/v1"
    assert file.providers[1].api_key == "sk-far"
    assert file.plan is not None
    assert file.plan.choices == (Choice("far"), Choice("near"))


def test_a_key_may_stand_in_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-file\n", encoding="utf-8")
    assert read_one(f'{ENTRY}api_key_file = "key"', tmp_path).api_key == "sk-file"


def test_headers_may_hold_secrets_from_variables_which_are_never_shown(tmp_path: Path) -> None:
    config = read_one(
        f'{ENTRY}headers = {{"x-a" = "1", "x-b" = {{env = "B"}}}}', tmp_path, B="sk-b"
    )
    assert config.headers == (("x-a", "1"), ("x-b", "sk-b"))
    assert "sk-b" not in repr(config)


def test_azures_older_address_takes_version_and_model_from_it(tmp_path: Path) -> None:
    lines = (
        'name = "a"\nbase_url = "https://r.openai.azure.com/openai/deployments/small/"\n'
        'api_version = "2024-10-21"\napi_key_env = "A"'
    )
    config = read_one(lines, tmp_path, A="k")
    assert (config.kind.name, config.model) == ("azure", "small")
    assert config.query == {"api-version": "2024-10-21"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("provider = 1", "give one to 32 [[provider]] entries"),
        ("", "give one to 32 [[provider]] entries"),
        ("[[provider]", "is no TOML"),
        ("[[providers]]\nname = 'a'", "did you mean 'provider'?"),
        ("[[provider]]\nname = 'A b'", "provider 1: name makes no sense"),
        (f"[[provider]]\n{ENTRY}modle = 'x'", "provider 'near': 'modle' is unknown: did you mean"),
        (f"[[provider]]\n{ENTRY}kind = 'vlm'", "kind makes no sense: did you mean 'vllm'?"),
        (f"[[provider]]\n{ENTRY}api_key = 'sk-secret'", "no keys in this file"),
        (f"[[provider]]\n{ENTRY}api_key_env = 'NOWHERE'", "set the variable NOWHERE"),
        (f"[[provider]]\n{ENTRY}api_key_file = 'nowhere'", "name a file that can be read"),
        (f"[[provider]]\n{ENTRY}api_key_env = 'A'\napi_key_file = 'b'", "not both"),
        (f"[[provider]]\n{ENTRY}concurrency = 0", "a whole number from 1 to 1000"),
        (f"[[provider]]\n{ENTRY}models = 'm'", "give a list"),
        (f"[[provider]]\n{ENTRY}headers = {{'x y' = 'z'}}", "headers makes no sense"),
        (f'[[provider]]\n{ENTRY}headers = {{x = "a\\r\\nb"}}', "headers makes no sense"),
        (f"[[provider]]\n{ENTRY}model = 5", "model makes no sense: give a text"),
        ("[[provider]]\nname = 'a'\nkind = 'vllm'", "base_url makes no sense: give where vLLM"),
        ("[[provider]]\nname = 'a'\nbase_url = 'ftp://h'", "base_url makes no sense"),
        ("[[provider]]\nname = 'a'\nbase_url = 'http://u:p@h/v1'", "base_url makes no sense"),
        ("[[provider]]\nname = 'a'\nkind = 'openai'", "name the variable that holds OpenAI's key"),
        (f"[[provider]]\n{ENTRY}[[provider]]\n{ENTRY}", "the name stands twice"),
        ("[[provider]]\nname = 'default'\nbase_url = 'http://h'", "is the one of LLM_BASE_URL"),
        (f"[[provider]]\n{ENTRY}[plan]\nchoices = []", "choices is empty"),
        (
            f"[[provider]]\n{ENTRY}[plan]\nchoices = [{{provider = 'naer'}}]",
            "No provider is called 'naer'; did you mean near?",
        ),
    ],
)
def test_a_file_that_makes_no_sense_says_where_and_what_was_expected(
    text: str, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(ProviderFileError) as raised:
        read(text, tmp_path)
    assert "models.toml" in str(raised.value)
    assert complaint in str(raised.value)
    assert "sk-secret" not in str(raised.value)


@pytest.mark.parametrize("raw", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_says_why(raw: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(ProviderFileError, match="cannot be read"):
        read_provider_file(path, environ={})
