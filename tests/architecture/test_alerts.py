"""The alerts speak of metrics that there are, and the runbook of alerts that there are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from chassis.observe import Metrics
from deploy.virtual_hosts import SERVICES
from gateway.metrics import Metrics as MetricsOfGateway
from services.intake.mailbox.health import Metrics as MetricsOfMail

ROOT = Path(__file__).parents[2]
GROUPS = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
RULES: dict[str, dict[str, Any]] = {rule["alert"]: rule for group in GROUPS for rule in group["rules"]}
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()

SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
# What is not ours to count: Prometheus says whether a job answers, the broker what lies in its queues.
OTHERS = {"up", "rabbitmq_detailed_queue_messages"}
LANGUAGE = {"by", "histogram_quantile", "max", "offset", "or", "rate", "sum"}


def counted(registry: CollectorRegistry) -> set[str]:
    """The names under which a registry shows its metrics."""
    return {f"{family.name}{suffix}" for family in registry.collect() for suffix in SUFFIXES[family.type]}


def metrics_in(expression: str) -> set[str]:
    """The names of metrics in an expression: what is left of it without labels, lengths of time and PromQL's words."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)|\b\d\w*", " ", expression)
    return set(re.findall(r"[a-z_]+", bare)) - LANGUAGE


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_metric_of_an_alert_is_counted(rule: dict[str, Any]) -> None:
    own = (Metrics(None), MetricsOfGateway(), MetricsOfMail(None, 1))  # type: ignore[arg-type]
    there = OTHERS.union(*(counted(one.registry) for one in own))

    named = metrics_in(rule["expr"])
    assert named
    assert named <= there


def test_the_runbook_says_what_to_do_about_every_alert_and_about_no_other() -> None:
    table = RUNBOOK.partition("## What each alert means")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == list(RULES)


def test_no_process_can_be_down_without_an_alert() -> None:
    jobs = re.search(r'job=~"([^"]*)"', RULES["ProcessDown"]["expr"])

    assert jobs is not None
    assert set(jobs[1].split("|")) == {"gateway", *SERVICES, "mailbox", "broker"}
