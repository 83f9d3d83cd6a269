"""What exists and what it costs: machines, prices, regions and engines, each with source and date.

Everything here is data with pure questions asked of it; an answer that the data does not hold is a
`CatalogueError`, never a guess.
"""

from homeport.catalogue.accelerators import AcceleratorFacts, accelerator
from homeport.catalogue.engines import automatic_engines, carried_engines, engine
from homeport.catalogue.engines.interface import (
    FEATURES,
    Engine,
    EngineImage,
    EngineRoute,
    Feature,
    Flag,
    Launch,
    LaunchRequest,
    SpeculativeRequest,
)
from homeport.catalogue.engines.quantization import resolve_quantization
from homeport.catalogue.engines.variables import check_arguments, check_variables
from homeport.catalogue.gateway import GATEWAY_IMAGE, GatewayImage
from homeport.catalogue.instances import Instance, instance, instances, smallest
from homeport.catalogue.prices import (
    HOURS_PER_MONTH,
    Price,
    find_instance_price,
    find_service_price,
    instance_price,
    priced_regions,
)
from homeport.catalogue.regions import Region, region, regions

__all__ = [
    "FEATURES",
    "GATEWAY_IMAGE",
    "HOURS_PER_MONTH",
    "AcceleratorFacts",
    "Engine",
    "EngineImage",
    "EngineRoute",
    "Feature",
    "Flag",
    "GatewayImage",
    "Instance",
    "Launch",
    "LaunchRequest",
    "Price",
    "Region",
    "SpeculativeRequest",
    "accelerator",
    "automatic_engines",
    "carried_engines",
    "check_arguments",
    "check_variables",
    "engine",
    "find_instance_price",
    "find_service_price",
    "instance",
    "instance_price",
    "instances",
    "priced_regions",
    "region",
    "regions",
    "resolve_quantization",
    "smallest",
]
