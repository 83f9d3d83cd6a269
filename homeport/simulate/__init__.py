"""Autoscaling in virtual time: the clouds' alarm, cooldown and warm-up semantics as pure code."""

from homeport.simulate.aws import AwsRule
from homeport.simulate.fleet import Fleet, Minute, Service, simulate
from homeport.simulate.rules import HorizontalPodAutoscaler, HuggingFaceRule, Rule

__all__ = [
    "AwsRule",
    "Fleet",
    "HorizontalPodAutoscaler",
    "HuggingFaceRule",
    "Minute",
    "Rule",
    "Service",
    "simulate",
]
