"""Language models that write: in llama.cpp, behind an address, or through LlamaIndex."""
