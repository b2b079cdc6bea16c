"""Networks: one kind in one file, and what all kinds have in common."""

from gen.networks.fitted import FittedNetwork as FittedNetwork
from gen.networks.hidden_layer import HiddenLayer as HiddenLayer
from gen.networks.module_network import ModuleNetwork as ModuleNetwork
from gen.networks.network import Network as Network
from gen.networks.network import Parameters as Parameters
from gen.networks.view import View as View
