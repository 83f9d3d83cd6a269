"""What engines say: tokens in OpenAI's form and in their own, vectors, scores, and what they know about themselves."""
