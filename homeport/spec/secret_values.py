"""Recognise values that look like secrets, so that they are refused and never shown."""

import math
import re
from collections import Counter

REDACTED = "a value that looks like a secret (not shown)"

_KNOWN_FORMS = re.compile(
    r"""
      \b(?:hf|api_org)_[A-Za-z0-9]{16,}            # Hugging Face; short ones need a digit, so
    | \bhf_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{6,}       # that hf_transfer is none
    | \bsk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{12,}  # OpenAI, Anthropic and others; not sk-learn-...
    | \b(?:AKIA|ASIA)[A-Z0-9]{12,}                 # AWS access key id
    | \b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{16,}   # GitHub
    | \bgithub_pat_[A-Za-z0-9_]{16,}
    | \bglpat-[A-Za-z0-9_-]{16,}                   # GitLab
    | \bxox[abeprs]-[A-Za-z0-9-]{10,}              # Slack
    | \bAIza[A-Za-z0-9_-]{20,}                     # Google API key
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}    # JSON Web Token
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY              # PEM
    """,
    re.VERBOSE,
)
_RANDOM_WORD = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_RANDOM_BITS_PER_CHARACTER = 4.0
"""Shannon entropy from which a long word is taken as random. English words joined by dashes stay
near 3.5; 32 random letters and digits are above 4.3."""
_RANDOM_RUN = 16
"""Letters and digits in a row that a random word has somewhere. Names of models are long and mixed too
(`mistralai/Mistral-Nemo-Instruct-2407`), of short words with signs between them."""
_SEPARATORS = re.compile(r"[+/_=-]")
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|PASSWORD|PASSWD|SECRET|SECRET_KEY|ACCESS_KEY|PRIVATE_KEY"
    r"|ACCESS_TOKEN|AUTH_TOKEN|API_TOKEN)$"
)


def looks_like_a_secret(text: str) -> bool:
    """True for the known forms of access tokens and for long random words."""
    return bool(_KNOWN_FORMS.search(text)) or any(
        _looks_random(word) for word in _RANDOM_WORD.findall(text)
    )


def is_named_like_a_secret(variable: str) -> bool:
    """True for names of variables that hold secrets, such as `DB_PASSWORD` or `WANDB_API_KEY`."""
    return bool(_SECRET_NAME.search(variable.upper()))


def _looks_random(word: str) -> bool:
    """Three classes of characters and a high entropy. Hexadecimal text (commits, digests) has two."""
    classes = (str.isupper, str.islower, str.isdigit)
    if not all(any(of_class(character) for character in word) for of_class in classes):
        return False
    if max(len(part) for part in _SEPARATORS.split(word)) < _RANDOM_RUN:
        return False
    counts = Counter(word)
    bits = -sum(count / len(word) * math.log2(count / len(word)) for count in counts.values())
    return bits >= _RANDOM_BITS_PER_CHARACTER
