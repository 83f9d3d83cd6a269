"""CloudWatch's metric math, as far as homeport's alarms use it: numbers, `+ - * /`, comparisons and `IF(a, b, c)`."""

import ast
import operator
from collections.abc import Callable, Mapping

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def evaluate(expression: str, values: Mapping[str, float | None]) -> float | None:
    """None where a metric that is looked at has no datapoint, or where it divides by zero.

    Raises `ValueError` for what is not known here.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, values)
    except (_MissingError, ZeroDivisionError):
        return None


class _MissingError(Exception):
    pass


def _value(node: ast.expr, values: Mapping[str, float | None]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            found = values[name]
            if found is None:
                raise _MissingError
            return found
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return float(_COMPARISONS[type(op)](_value(left, values), _value(right, values)))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            return _value(then if _value(condition, values) else otherwise, values)
        case _:
            raise ValueError(f"metric math: found {ast.unparse(node)!r}, which is not known here")
