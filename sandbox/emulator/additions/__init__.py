"""What moto lacks or drops, one module an AWS service, put into moto's own classes before it serves.

The wire stays AWS's: moto parses each request and writes each answer from botocore's service model, so that an
addition only supplies values. Two ways, both seen in `logs.py`:

* `@operation(ResponseClass, "StartInstanceRefresh")` gives an operation that moto lacks (or replaces one). The
  function gets the response object (`response._get_param(name)`, `response.region`, its backend) and returns what
  moto's own methods return: `ActionResult({...})` with the answer's members by their names in the API,
  `EmptyResult()`, or (services that write JSON by hand) a JSON text.
* `@after(ResponseClass, "CreateLogGroup")` runs when moto has done its part without an error, gets the response
  object and moto's result, and returns the result to send. Use it to keep a parameter that moto drops: set an
  attribute on moto's own object. Answers that are written from objects then show it by themselves: the member
  `DefaultInstanceWarmup` is read from the attribute `default_instance_warmup`.

Raise the service's own exceptions (`moto.<service>.exceptions`) so that the wire shows the error that AWS would
send. A module needs no registration: every module of this folder is imported once, at start.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from moto.core.utils import camelcase_to_underscores


def install() -> None:
    """Import every module of this folder; each changes moto as it is imported."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def operation(
    response_class: type, name: str
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Serve the API operation `name` with the decorated function, instead of moto."""

    def decorate(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        setattr(response_class, camelcase_to_underscores(name), function)
        return function

    return decorate


def after(
    response_class: type, name: str
) -> Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]:
    """Run the decorated function on moto's result of the API operation `name`; what it returns is sent."""
    method_name = camelcase_to_underscores(name)
    of_moto = getattr(response_class, method_name)

    def decorate(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def both(response: Any) -> Any:
            return function(response, of_moto(response))

        setattr(response_class, method_name, both)
        return function

    return decorate
