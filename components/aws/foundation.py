"""What every endpoint of a stack stands on."""

from dataclasses import dataclass

from components.aws.artefacts import Artefacts
from components.aws.encryption import Encryption
from components.aws.ingress import Ingress
from components.aws.network import Network
from components.aws.observability import Observability
from components.aws.table import Table
from components.aws.wake_functions import WakeFunctions


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """The shared components, to be read by an endpoint's own."""

    encryption: Encryption
    network: Network
    artefacts: Artefacts
    table: Table
    functions: WakeFunctions
    ingress: Ingress
    observability: Observability
