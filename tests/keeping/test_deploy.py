"""What deploy/ says is true: its unit parses, its commands and settings exist, its health check works."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
import typer.core
import typer.main

from cmograph.cli import app
from cmograph.settings import Settings

from .shell import cmograph

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


class _Unit(ConfigParser):
    """A unit of systemd, whose options are written in capitals and small letters (systemd.syntax(7))."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture
def unit() -> ConfigParser:
    parser = _Unit(interpolation=None)
    parser.read(DEPLOY / "cmograph.service", encoding="utf-8")
    return parser


def accepted(arguments: list[str]) -> None:
    """Asserts that the command line has this command, with these options and a place for these arguments."""
    command = typer.main.get_command(app)
    words = iter(arguments)
    while isinstance(command, typer.core.TyperGroup):
        name = next(words)
        assert name in command.commands, f"there is no command {name!r}"
        command = command.commands[name]
    with command.make_context("cmograph", list(words), resilient_parsing=False):
        pass


def test_the_unit_starts_what_serve_accepts(unit: ConfigParser) -> None:
    program, command, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert (Path(program).name, command) == ("cmograph", "serve")
    accepted([command, *arguments])
    shown = cmograph(command, "--help").stdout
    assert all(argument in shown for argument in arguments if argument.startswith("--"))


def test_the_unit_leaves_the_service_what_it_needs_and_nothing_more(unit: ConfigParser) -> None:
    service = unit["Service"]
    for name in (
        "NoNewPrivileges",
        "ProtectHome",
        "ProtectKernelTunables",
        "PrivateTmp",
        "PrivateDevices",
        "RestrictNamespaces",
        "RestrictSUIDSGID",
        "MemoryDenyWriteExecute",
    ):
        assert service[name] == "yes", name
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["SystemCallFilter"] == "@system-service", "less would take away how a worker is confined"
    assert "AF_UNIX" in service["RestrictAddressFamilies"].split(), "workers are talked to by it"
    assert service["KillMode"] == "mixed", "else a stop would end the workers under running queries"
    assert service["OOMPolicy"] == "continue", "else one greedy query would stop the service"
    assert service["Restart"] == "on-failure"
    assert service["Environment"] == f"CMOGRAPH_STORE=/var/lib/{service['StateDirectory']}"
    settings = Settings()
    assert float(service["TimeoutStopSec"]) > max(settings.query_timeout, settings.update_timeout) + 1
    most = 2 * settings.memory_edition + settings.workers * settings.memory_limit
    assert int(service["MemoryMax"].removesuffix("G")) * 1024 >= most


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "cmograph.service").read_text(encoding="utf-8")
    file = tmp_path / "cmograph.service"
    file.write_text(text.replace("/opt/cmograph/bin/cmograph", "/bin/true"), encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, timeout=60)
    assert [line for line in said.stderr.splitlines() if "cmograph.service" in line] == []


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    named = set(re.findall(r"CMOGRAPH_([A-Z_]+)", file.read_text(encoding="utf-8")))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_the_settings_that_are_shown_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.findall(r"^(CMOGRAPH_[A-Z_]+)=(.*)$", README, re.MULTILINE)
    assert len(shown) >= 9
    for name, value in shown:
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.cors_origins == ["https://explorer.example.org"]
    assert settings.oidc_scopes["cmograph:write"] == "write"


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()] + re.findall(
        r"`(cmograph [^`]+)`", README
    )
    found = [re.search(r"(?:^|as-cmograph |exec cmograph )cmograph (.+)", line) for line in lines]
    return [match[1] for match in found if match and "alias" not in match.string]


@pytest.mark.parametrize("command", sorted(set(_commands())))
def test_every_command_that_is_shown_is_one(command: str) -> None:
    accepted(shlex.split(re.sub(r"\$\(.*?\)", "today", command)))


def test_the_commands_are_found() -> None:
    assert {" ".join(command.split()[:2]) for command in _commands()} >= {
        "token add",
        "token list",
        "token revoke",
        "releases backup",
        "releases restore",
        "releases rollback",
        "releases prune",
        "releases verify",
    }


def test_the_image_holds_what_the_wheel_is_made_of() -> None:
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE)
        for name in line.split()[:-1]
    }
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["force-include"], *(name.split("/")[0] for name in wheel["packages"])}
    needed |= {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    assert needed <= copied
    assert re.search(r"^USER (?!0$|root$)", CONTAINERFILE, re.MULTILINE)
    assert "VOLUME /store" in CONTAINERFILE
    assert "CMOGRAPH_STORE=/store" in CONTAINERFILE
    entry, command = (
        json.loads(found)
        for found in re.findall(r"^(?:ENTRYPOINT|CMD) (\[.*\])$", CONTAINERFILE, re.MULTILINE)
    )
    assert entry == ["cmograph"]
    accepted(command)


def test_the_health_check_tells_a_service_that_answers_from_none(tmp_path: Path) -> None:
    found = re.search(r"HEALTHCHECK.*?CMD (\[.*?\])\n", CONTAINERFILE, re.DOTALL)
    assert found
    _, *check = json.loads(found[1])

    def healthy(port: str) -> bool:
        environment = os.environ | {"CMOGRAPH_PORT": port}
        return subprocess.run([sys.executable, *check], env=environment, capture_output=True).returncode == 0

    command = [sys.executable, "-m", "cmograph", "serve", "--port", "0", "--store", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stderr
            port = next(
                match[1]
                for line in process.stderr
                if (match := re.search(r"http://127\.0\.0\.1:(\d+)", line))
            )
            assert healthy(port)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            assert not healthy(port)
        finally:
            process.kill()
