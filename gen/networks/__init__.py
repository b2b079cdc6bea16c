"""Networks: one kind in one file, and what all kinds have in common."""

from gen.networks.network import Network as Network
from gen.networks.network import Parameters as Parameters
