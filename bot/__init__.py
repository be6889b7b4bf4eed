"""shebao-bot: answers questions about China's social insurance, with steps, materials and the law."""
