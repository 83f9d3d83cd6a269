import os
from pathlib import Path

import pytest

from homeport.errors import ErrorGroup, LockError, SettingsError, SpecError, located
from homeport.project import find_root, load_spec_file, load_stack, stack_names
from tests.unit.spec.cases import errors_of
from tests.unit.spec.contract import SETTINGS, SHORTEST

PLAIN = SETTINGS.replace("  homeport:listenerPorts: {llama-8b: 20001}\n", "")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one stack, `demo`, and one endpoint, `embed`."""
    put(tmp_path, "Pulumi.yaml", "name: homeport\n")
    put(tmp_path, "stacks/Pulumi.demo.yaml", PLAIN)
    put(tmp_path, "stacks/demo/embed.yaml", SHORTEST)
    return tmp_path


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def lines_of(root: Path, stack: str = "demo") -> list[str]:
    """What loading says, a line each."""
    with pytest.raises((SpecError, SettingsError, LockError, ErrorGroup)) as caught:
        load_stack(root, stack)
    return str(caught.value).splitlines()


def test_a_stack(root: Path) -> None:
    put(root, "stacks/demo/another.yaml", SHORTEST.replace("embed", "another"))
    sources = load_stack(root, "demo")
    assert sources.name == "demo"
    assert sources.settings.region == "us-east-1"
    assert [one.spec.name for one in sources.endpoints] == ["another", "embed"]
    assert [one.lock for one in sources.endpoints] == [None, None]
    assert sources.endpoints[1].path == root / "stacks/demo/embed.yaml"


def test_a_stack_without_endpoints(root: Path) -> None:
    (root / "stacks/demo/embed.yaml").unlink()
    (root / "stacks/demo").rmdir()
    assert load_stack(root, "demo").endpoints == ()


def test_errors_of_planning_get_their_lines(root: Path) -> None:
    sources = load_stack(root, "demo")
    endpoint = sources.endpoints[0]
    error = located(
        SpecError(path="compute.count", found="1", allowed="2", fix="write 2"), endpoint.source
    )
    assert (error.file, error.line) == ("stacks/demo/embed.yaml", 3)
    error = located(
        SettingsError(path="network.zones", found="1", allowed="2", fix="write 2"), sources.source
    )
    assert isinstance(error, SettingsError)
    assert error.path == "homeport:network.zones"
    assert (error.file, error.line) == ("stacks/Pulumi.demo.yaml", 7)


def test_all_errors_of_all_files_in_order(root: Path) -> None:
    put(root, "stacks/Pulumi.demo.yaml", PLAIN.replace("us-east-1\n", "us-east-1a\n"))
    put(root, "stacks/demo/bad.yaml", "name: bad\nmodel: {}\n")
    put(root, "stacks/demo/embed.yaml", SHORTEST.replace("cpu", "gpu"))
    put(root, "stacks/demo/embed.lock.json", "{")
    put(root, "stacks/demo/notes.txt", "")
    found = [line.split(": found ")[0] for line in lines_of(root)]
    assert found == [
        "stacks/Pulumi.demo.yaml:4 homeport:region",
        "stacks/demo/bad.yaml:1 compute",
        "stacks/demo/bad.yaml:2 model.repository",
        found[3],
        "stacks/demo/embed.yaml:3 compute.accelerator",
        "stacks/demo/notes.txt",
    ]
    assert found[3].startswith("stacks/demo/embed.lock.json")


def test_the_file_is_named_like_the_endpoint(root: Path) -> None:
    put(root, "stacks/demo/other.yaml", SHORTEST)
    [line] = lines_of(root)
    assert line == (
        "stacks/demo/other.yaml:1 name: found embed, must be other, the name of the file; "
        "rename the file to embed.yaml, or write the file's name here"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("embed.yml", "found a spec that ends in .yml"),
        ("gone.lock.json", "found a lock without its spec"),
        ("README.md", "found a file that is neither spec nor lock"),
        ("more/embed.yaml", "found a folder"),
    ],
)
def test_stray_files(root: Path, name: str, said: str) -> None:
    put(root, f"stacks/demo/{name}", SHORTEST)
    put(root, "stacks/demo/.embed.yaml.swp", "an editor's")
    [line] = lines_of(root)
    assert said in line


def test_a_listener_of_no_endpoint(root: Path) -> None:
    put(root, "stacks/Pulumi.demo.yaml", PLAIN + "  homeport:listenerPorts: {embd: 20001}\n")
    [line] = lines_of(root)
    assert line == (
        "stacks/Pulumi.demo.yaml:18 homeport:listenerPorts.embd: found the unknown endpoint embd, "
        "must be embed; did you mean embed?"
    )


def test_another_region_names_the_stack_to_use(root: Path) -> None:
    put(root, "stacks/Pulumi.europe.yaml", PLAIN.replace("us-east-1", "eu-west-1"))
    put(root, "stacks/demo/embed.yaml", SHORTEST.replace("cpu", "cpu, region: eu-west-1"))
    [line] = lines_of(root)
    assert line == (
        "stacks/demo/embed.yaml:3 compute.region: found eu-west-1, must be us-east-1, the region "
        "of the stack; remove the line, or move the file to stacks/europe/"
    )


def test_a_stack_that_is_not_there(root: Path) -> None:
    assert stack_names(root) == ("demo",)
    assert lines_of(root, "dmo") == ["found no stack dmo, must be demo; did you mean demo?"]


@pytest.mark.parametrize("name", ["Demo", "a-name-of-24-characters-", "a" * 24])
def test_a_stack_with_an_impossible_name(root: Path, name: str) -> None:
    put(root, f"stacks/Pulumi.{name}.yaml", PLAIN)
    [line] = lines_of(root, name)
    assert line.startswith(f"stacks/Pulumi.{name}.yaml: found the stack ")


def test_links_out_of_the_project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = put(tmp_path_factory.mktemp("outside"), "secret.yaml", "password: hunter2")
    (root / "stacks/demo/stolen.yaml").symlink_to(outside)
    (root / "stacks/demo/embed.lock.json").symlink_to(outside)
    (root / "stacks/demo/round.yaml").symlink_to(root / "stacks/demo/round.yaml")
    found = lines_of(root)
    assert [line.split(",")[0] for line in found] == [
        "stacks/demo/embed.lock.json: found a link out of the project",
        "stacks/demo/round.yaml: found a link that leads to itself",
        "stacks/demo/stolen.yaml: found a link out of the project",
    ]
    assert "hunter2" not in "".join(found)


def test_links_within_the_project(root: Path) -> None:
    shared = put(root, "shared/two.yaml", SHORTEST.replace("embed", "two"))
    (root / "stacks/demo/two.yaml").symlink_to(shared)
    assert [one.spec.name for one in load_stack(root, "demo").endpoints] == ["embed", "two"]


def test_a_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "stacks/demo/pipe.yaml")
    assert lines_of(root)[0].startswith("stacks/demo/pipe.yaml: found no plain file")


def test_a_huge_file_is_not_read_whole(root: Path) -> None:
    with (root / "stacks/demo/huge.yaml").open("wb") as file:
        file.truncate(10 * 1024**3)
    assert lines_of(root)[0].startswith("stacks/demo/huge.yaml:1: found more than 256 KiB")


def test_the_root_is_found_from_within(root: Path) -> None:
    assert find_root(root / "stacks/demo") == root
    assert errors_of(lambda: find_root(root.parent))[0]["fix"] == "change into the project's folder"


def test_one_file_alone(root: Path) -> None:
    path = root / "stacks/demo/embed.yaml"
    assert load_spec_file(path, None).name == "embed"
    assert load_spec_file(path, load_stack(root, "demo").settings, root=root).name == "embed"
