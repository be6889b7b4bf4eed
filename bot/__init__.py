"""shebao-bot: answers questions about China's social insurance, with steps, materials and the law."""

import os

# Looking for other packages' plug-ins takes 30 ms at each start; none is wanted among what checks our input.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
