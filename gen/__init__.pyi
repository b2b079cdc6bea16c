from gen.commands.notebook import show as show
from gen.recording.recorder import Recorder as Recorder

__version__: str
