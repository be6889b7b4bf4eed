"""What is delivered beside the program: images, compose file, manifests, pinned packages, documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings, read
from tests.conftest import ROOT

KUBERNETES = ROOT / "deploy/kubernetes"
NAMES = {field.alias for field in Settings.model_fields.values()}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PINNED = re.compile(r"[\w./-]+:\d+\.\d+[\w.-]*")


def resource(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((KUBERNETES / name).read_text("utf-8"))
    return found


def pods() -> list[dict[str, Any]]:
    return [resource(name)["spec"]["template"]["spec"] for name in ("deployment.yaml", "migrate.yaml")]


def containers() -> list[dict[str, Any]]:
    return [container for pod in pods() for container in pod["containers"]]


def test_every_resource_is_listed_and_whole() -> None:
    there = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
    assert set(KUSTOMIZATION["resources"]) == there
    for name in [*there, "secret.example.yaml"]:
        assert {"apiVersion", "kind", "metadata"} <= set(resource(name)), name


def test_settings_named_in_compose_kubernetes_and_the_image_exist() -> None:
    used = set(re.findall(r"(?:SHEBAO|TELEGRAM)_[A-Z_]+(?==)", DOCKERFILE))
    for name, service in COMPOSE["services"].items():
        if name in {"bot", "migrate"}:
            used |= set(service["environment"]) | {secret["target"] for secret in service["secrets"]}
            assert {secret["source"] for secret in service["secrets"]} <= set(COMPOSE["secrets"])
    used |= set(resource("configmap.yaml")["data"]) | set(resource("secret.example.yaml")["stringData"])
    assert used <= NAMES
    assert {"TELEGRAM_BOT_TOKEN", "SHEBAO_WEBHOOK_SECRET", "SHEBAO_DATABASE_URL", "SHEBAO_WEBHOOK_URL"} <= used


def test_what_compose_and_kubernetes_set_can_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = resource("configmap.yaml")["data"], COMPOSE["services"]["bot"]["environment"]
    for values in given:
        for name, value in values.items():
            monkeypatch.setenv(name, re.sub(r"\${[^}]*}", "bot.example.org", value))
        monkeypatch.setenv("SHEBAO_WEBHOOK_SECRET", "secret")
        monkeypatch.setenv("SHEBAO_SECRETS_DIR", str(tmp_path))  # as the container's folder, which is not here
        settings = read()
        assert settings.webhook_path == "/telegram"
        assert settings.log_format == "json"


def test_every_image_is_pinned_to_a_version() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    changed = {image["name"]: f"{image['newName']}:{image['newTag']}" for image in KUSTOMIZATION["images"]}
    images += [changed.get(container["image"], container["image"]) for container in containers()]
    assert len(images) >= 8
    for image in images:
        assert PINNED.fullmatch(image), image


def test_nothing_runs_as_root_or_writes_outside_its_volumes() -> None:
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("USER ") > DOCKERFILE.rindex("RUN ")
    for name in ("bot", "migrate"):
        service = COMPOSE["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["runAsUser"] == 10001
        assert not pod["automountServiceAccountToken"]
    for container in containers():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108
        assert container["resources"]["limits"]["memory"]


def test_only_the_webhook_is_public() -> None:
    ports = {name: service.get("ports") for name, service in COMPOSE["services"].items()}
    assert {name for name, published in ports.items() if published} == {"proxy"}
    caddy = (ROOT / "deploy/Caddyfile").read_text("utf-8")
    assert re.findall(r"^\s*path (\S+)$", caddy, re.MULTILINE) == ["/telegram"]
    assert caddy.count("reverse_proxy") == caddy.count("dynamic a bot 8080") == 1
    [rule] = resource("ingress.yaml")["spec"]["rules"]
    assert [(path["path"], path["pathType"]) for path in rule["http"]["paths"]] == [("/telegram", "Exact")]
    assert [port["name"] for port in resource("service.yaml")["spec"]["ports"]] == ["webhook"]


def test_probes_and_autoscaler_point_at_what_is_there() -> None:
    [container] = resource("deployment.yaml")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    settings = resource("configmap.yaml")["data"]
    assert settings["SHEBAO_WEBHOOK_LISTEN"] == f"0.0.0.0:{ports['webhook']}"
    assert settings["SHEBAO_HTTP_LISTEN"] == f"0.0.0.0:{ports['http']}"
    probes = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    assert {kind: probe["path"] for kind, probe in probes.items()} == {
        "startup": "/healthz",
        "liveness": "/healthz",
        "readiness": "/readyz",
    }
    assert {probe["port"] for probe in probes.values()} == {"http"}
    target = resource("autoscaler.yaml")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", resource("deployment.yaml")["metadata"]["name"])
    assert container["resources"]["requests"]["cpu"]  # without it the autoscaler has nothing to compare with


def test_no_secret_can_get_into_a_layer_or_the_repository() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".env", "secrets", ".git", "data"} <= set(ignored)
    assert {".env", "/secrets/", "/data/"} <= set((ROOT / ".gitignore").read_text("utf-8").split())
    # Only what is named is copied, so that nothing that lies about gets in.
    assert not re.search(r"^(?:COPY|ADD) (?:--\S+ )*\.\s", DOCKERFILE, re.MULTILINE)
    assert not re.search(r"^ARG .*(?:TOKEN|SECRET|PASSWORD)", DOCKERFILE, re.MULTILINE)
    for path in [ROOT / "Dockerfile", ROOT / "compose.yaml", *KUBERNETES.glob("*.yaml")]:
        assert not re.search(r"\b\d{6,12}:[\w-]{30,}", path.read_text("utf-8")), path


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_every_dependency_is_pinned_with_its_hashes(path: Path) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", path.read_text("utf-8").strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[\w.-]+==[\w.]+", block), block
        assert "--hash=sha256:" in block, block


def test_the_threat_model_names_tests_that_exist() -> None:
    document = (ROOT / "docs/security.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("*.py"))
    named = set(re.findall(r"`(test_\w+)`", document))
    assert len(named) >= 12
    for name in named:
        assert re.search(rf"def {name}\(", tests), name
    for file in set(re.findall(r"`(test_\w+\.py)`", document)):
        assert (ROOT / "tests" / file).is_file(), file


def test_every_alert_in_the_operations_document_watches_a_metric_there_is() -> None:
    document = (ROOT / "docs/operations.md").read_text("utf-8")
    [block] = re.findall(r"```yaml\n(groups:.*?)```", document, re.DOTALL)
    rules = yaml.safe_load(block)["groups"][0]["rules"]
    assert len(rules) == 5
    for rule in rules:
        name = re.search(r"shebao_\w+", rule["expr"])
        assert name
        assert f"`{name.group().removesuffix('_bucket')}" in document
