import pickle

import pytest

from homeport.errors import ErrorGroup, HomeportError, PlanError, SpecError, located, raise_all


class Elsewhere:
    """A file in which everything stands in line 7."""

    file = "other.yaml"

    def locate(self, path: str) -> tuple[str, int | None]:
        return f"in.{path}", 7


def error(path: str, line: int | None = None, file: str | None = "a.yaml") -> SpecError:
    return SpecError(path=path, found="0", allowed="1", fix="write 1", file=file, line=line)


@pytest.mark.parametrize(
    ("raised", "text"),
    [
        (error("x", 3), "a.yaml:3 x: found 0, must be 1; write 1"),
        (error("x"), "a.yaml x: found 0, must be 1; write 1"),
        (error("", 3), "a.yaml:3: found 0, must be 1; write 1"),
        (error("x", file=None), "x: found 0, must be 1; write 1"),
        (error("", file=None), "found 0, must be 1; write 1"),
    ],
    ids=["all", "no-line", "no-path", "no-file", "nothing"],
)
def test_text(raised: HomeportError, text: str) -> None:
    assert str(raised) == text


def test_groups_are_flat_and_in_order() -> None:
    group = ErrorGroup(
        [error("b", 9), ErrorGroup([error("c", 1, "b.yaml"), error("a", 10)]), error("z", 2)]
    )
    assert [(one.file, one.line) for one in group.problems] == [
        ("a.yaml", 2),
        ("a.yaml", 9),
        ("a.yaml", 10),
        ("b.yaml", 1),
    ]
    assert str(group).count("\n") == 3
    assert (group.path, group.line) == ("z", 2)


def test_raise_all() -> None:
    raise_all([])
    with pytest.raises(SpecError):
        raise_all([error("x")])
    with pytest.raises(ErrorGroup):
        raise_all([error("x"), error("y")])
    with pytest.raises(ValueError, match="at least one"):
        ErrorGroup([])


def test_located() -> None:
    plan_error = PlanError(path="compute.count", found="3", allowed="4", fix="write 4")
    placed = located(plan_error, Elsewhere())
    assert isinstance(placed, PlanError)
    assert (placed.file, placed.line, placed.path) == ("other.yaml", 7, "in.compute.count")
    group = located(ErrorGroup([plan_error, error("x", 3)]), Elsewhere())
    assert [(one.file, one.line) for one in group.problems] == [("a.yaml", 3), ("other.yaml", 7)]
    assert [type(one) for one in group.errors] == [SpecError, PlanError]


@pytest.mark.parametrize("raised", [error("x", 3), ErrorGroup([error("x", 3)])], ids=["one", "all"])
def test_errors_travel_between_processes(raised: HomeportError) -> None:
    copied = pickle.loads(pickle.dumps(raised))  # noqa: S301
    assert type(copied) is type(raised)
    assert copied.problems == raised.problems
