"""The conversation: what is being asked, what is still to be known, what to say. Pure."""

from bot.dialogue.articles import ArticleRequest, article_requests
from bot.dialogue.aspects import aspect_of
from bot.dialogue.assistant import Assistant
from bot.dialogue.conversation import Choice, Conversation, Reply, State, Utterance, state_of
from bot.dialogue.details import DetailReader
from bot.dialogue.phrases import asks
from bot.dialogue.relevance import matters
from bot.dialogue.speaker import Speaker
from bot.dialogue.suggestions import Suggested, Suggestions
from bot.dialogue.understanding import NONE_OF_THESE

__all__ = [
    "NONE_OF_THESE",
    "ArticleRequest",
    "Assistant",
    "Choice",
    "Conversation",
    "DetailReader",
    "Reply",
    "Speaker",
    "State",
    "Suggested",
    "Suggestions",
    "Utterance",
    "article_requests",
    "asks",
    "aspect_of",
    "matters",
    "state_of",
]
