"""A process in the place of an inference engine: the engine's dialect, its pace and its faults, without a model.

    python -m sandbox.engine --engine vllm --address 127.0.3.7 --port 8000 --settings FILE -- ARGUMENTS...

`dialects` says what each engine is called upon; `answers` what it says; `server` joins them.
"""
