from homeport.spec.durations import format_duration, parse_duration
from tests.unit.spec.contract import (
    CUSTOM,
    EVERY_FIELD,
    SETTINGS,
    SHORTEST,
    endpoint,
    stack_settings,
    written,
)


def test_every_default_is_the_contracts() -> None:
    spec = endpoint(SHORTEST)
    assert spec.model_dump(by_alias=True, mode="json") == {
        "version": 1,
        "name": "embed",
        "model": {"repository": "acme/embed", "revision": "main", "task": None, "weights": "hub"},
        "engine": {
            "name": "auto",
            "image": None,
            "port": None,
            "healthRoute": None,
            "args": [],
            "env": {},
            "secrets": {},
            "contextLength": None,
            "quantization": "auto",
            "speculative": None,
        },
        "compute": {
            "cloud": None,
            "region": None,
            "accelerator": "cpu",
            "count": 1,
            "instanceType": None,
            "capacity": "on-demand",
        },
        "replicas": {"min": 1, "max": 1, "scaleOn": None, "scaleToZeroAfter": None},
        "access": {
            "mode": "public",
            "allow": [],
            "consumers": [],
            "cidrs": [],
            "maxRequestSeconds": 900,
            "maxBodyMebibytes": 32,
        },
        "compliance": [],
        "tags": {},
    }


def test_access_is_protected_by_default() -> None:
    text = SHORTEST.replace("access: {mode: public}\n", "")
    assert endpoint(text, stack_settings()).access.mode == "protected"


def test_an_endpoint_that_may_sleep_does_so_after_an_hour() -> None:
    for idle in ("", ", scaleToZeroAfter: null"):
        spec = endpoint(SHORTEST + f"replicas: {{min: 0{idle}}}\n")
        assert spec.replicas.scale_to_zero_after_seconds == 3600


def test_a_count_is_explicit_only_where_it_is_written() -> None:
    assert endpoint(CUSTOM).compute.explicit_count is None
    assert endpoint(EVERY_FIELD).compute.explicit_count == 1


def test_examples_survive_writing_and_reading() -> None:
    for text in (EVERY_FIELD, SHORTEST, CUSTOM):
        spec = endpoint(text)
        assert endpoint(written(spec)) == spec


def test_settings() -> None:
    settings = stack_settings()
    assert settings.network.zones == ("us-east-1a", "us-east-1b", "us-east-1c")
    assert settings.machine_images.by_role()["nvidia"].date == "2026-11-02"
    assert settings.machine_images.neuron is None
    assert settings.listener_ports == {"llama-8b": 20001}
    assert settings.token_stale_seconds == 3600


def test_what_is_real_is_protected_by_default() -> None:
    text = SETTINGS.replace("  homeport:protect: true\n", "")
    assert stack_settings(text).protect
    assert not stack_settings(text + "  homeport:sandbox: true\n").protect
    assert stack_settings(SETTINGS + "  homeport:sandbox: true\n").protect


def test_a_brought_network() -> None:
    text = SETTINGS.replace(
        "{create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b, us-east-1c], nat: one}",
        "{vpc: vpc-0a1b2c3d, subnets: {private: [subnet-0a1b2c3d, subnet-0a1b2c3e]}}",
    )
    network = stack_settings(text).network
    assert not network.is_created
    assert network.subnets is not None
    assert network.subnets.private == ("subnet-0a1b2c3d", "subnet-0a1b2c3e")


def test_pulumis_own_keys_are_left_alone() -> None:
    text = "encryptionsalt: v1:abc\n" + SETTINGS + '  aws:defaultTags: {tags: {team: "x"}}\n'
    assert stack_settings(text) == stack_settings()


def test_durations() -> None:
    assert [parse_duration(text) for text in ("30s", "15m", "1h")] == [30, 900, 3600]
    for seconds in (1, 59, 60, 61, 3599, 3600, 7200, 86400):
        assert parse_duration(format_duration(seconds)) == seconds
