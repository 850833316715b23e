from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from fleet.core.config import FleetConfig, load_config, parse_config
from fleet.core.errors import FleetConfigError

DOCUMENT = Path(__file__).parents[4] / "docs" / "configuration-fleet.md"


def keys(model: type[BaseModel] = FleetConfig, prefix: str = "") -> dict[str, tuple[object, str]]:
    found: dict[str, tuple[object, str]] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= keys(kind, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = (field.default, field.description or "")
    return found


def test_the_defaults_are_enough(tmp_path: Path) -> None:
    config = load_config(None, tmp_path)
    assert config.cameras.limit == 15
    assert config.server.address == "127.0.0.1"


def test_a_file_in_the_state_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text(
        '[server]\nnames = ["fleet.example", "10.0.0.5"]\n[cameras]\nlimit = 3\n'
    )
    config = load_config(None, tmp_path)
    assert config.cameras.limit == 3
    assert config.server.names == ("fleet.example", "10.0.0.5")


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({"cameras": {"limitt": 15}}, r"cameras\.limitt is not a key"),
        ({"cameras": {"limit": 0}}, r"cameras\.limit = 0 cannot be used: .*greater than or equal to 1"),
        ({"cameras": {"limit": "15"}}, r"cameras\.limit = '15' cannot be used: .*integer"),
        ({"cameras": {"limit": True}}, r"cameras\.limit = True cannot be used"),
        ({"server": {"log_level": "loud"}}, r"server\.log_level = 'loud'"),
        ({"server": {"dashboard_port": 70_000}}, r"server\.dashboard_port = 70000 cannot be used"),
        ({"camera": {}}, r"camera is not a key"),
        ({"site": {"zone": "Europe/Lodnon"}}, r'site\.zone = .* not the IANA name.*mean "Europe/London"\?'),
        ({"site": {"zone": "europe/london"}}, r'site\.zone = .*did you mean "Europe/London"'),
        ({"site": {"zone": "Europe"}}, r"site\.zone = 'Europe' cannot be used: it is not the IANA name"),
        ({"site": {"zone": ""}}, r"site\.zone = '' cannot be used: it is not the IANA name"),
        ({"site": {"zone": "../../etc/passwd"}}, r"site\.zone = .* not the IANA name"),
        ({"site": {"zone": 1}}, r"site\.zone = 1 cannot be used: .*string"),
    ],
)
def test_a_wrong_value_is_named(table: dict[str, object], named: str) -> None:
    with pytest.raises(FleetConfigError, match=named) as caught:
        parse_config(table, "fleet.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["not = [toml", "\x00"])
def test_what_is_not_toml_is_said_to_be(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(FleetConfigError, match=r"wrong\.toml is not TOML"):
        load_config(path, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FleetConfigError, match=r"none\.toml cannot be read: No such file"):
        load_config(tmp_path / "none.toml", tmp_path)


def test_every_key_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z0-9_.]+)` \| (.*?) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE)
    documented = {key: (default, meaning) for key, default, meaning in rows}
    expected = {key: (shown(default), meaning) for key, (default, meaning) in keys().items()}
    assert documented == expected


def shown(default: object) -> str:
    match default:
        case "":
            return "empty"
        case tuple():
            return f"`{json.dumps(default)}`"
        case str():
            return f'`"{default}"`'
        case bool():
            return f"`{str(default).lower()}`"
        case _:
            return f"`{default}`"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"mail": {"host": "mail.example.org"}}, "mail.sender has to be an address"),
        ({"mail": {"user": "lapel"}}, "mail.user needs mail.password_file"),
        ({"webhook": {"url": "http://example.org"}}, "has to be an https address"),
        ({"webhook": {"url": "https://me@example.org"}}, "has to be an https address"),
        ({"webhook": {"url": "https://example.org:x"}}, "has to be an https address"),
        ({"webhook": {"url": "https://example.org/a b"}}, "has to be an https address"),
        ({"webhook": {"url": "https://example.org"}}, "webhook.url needs webhook.secret_file"),
        ({"alerts": {"quiet_from": "25:00"}}, "alerts.quiet_from"),
    ],
)
def test_ways_to_tell_people_that_cannot_work_are_refused(table: dict[str, object], said: str) -> None:
    # proves F6
    with pytest.raises(FleetConfigError, match=said):
        parse_config(table, "fleet.toml")
