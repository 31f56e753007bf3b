"""What kind of question it is, read from its words."""

import pytest

from tutor.asking.intent import matching, read_intent

QUESTIONS = {
    "definition": [
        "What is LoRA?",
        "what's perplexity",
        "Define tokenization.",
        "Explain self-attention",
        "Tell me about distillation",
        "Could you explain beam search?",
    ],
    "comparison": [
        "What is the difference between LoRA and QLoRA?",
        "HNSW vs IVF",
        "How does DPO differ from PPO?",
        "Compare BLEU and ROUGE",
        "Is DoRA better than LoRA?",
        "Should I use RAG instead of fine-tuning?",
        "LoRA or full fine-tuning, which needs less memory?",
    ],
    "why": [
        "Why does softmax need a temperature?",
        "How come long prompts are slow?",
        "What is the point of a reward model?",
        "What are the benefits of quantization?",
    ],
    "how": [
        "How does PagedAttention work?",
        "How do I evaluate a RAG system?",
        "What happens during pre-training?",
    ],
    "list": [
        "List the common activation functions",
        "Which metrics measure a language model?",
        "What kinds of quantization are there?",
        "How many attention heads does a model have?",
        "Name three vector databases",
    ],
    "lookup": [
        "Which book explains linear algebra?",
        "Can you recommend a video about transformers?",
        "Is there a paper on FlashAttention?",
        "Who wrote the Attention Is All You Need paper?",
        "Where can I read about prompt injection?",
        "Find me a GitHub repository for model merging",
    ],
    "path": [
        "What should I learn before RAG?",
        "Which stations come after Alignment?",
        "What are the prerequisites of station 9?",
        "In which order do I go through the map?",
        "Where should I start?",
        "How do I become a GenAI engineer?",
        "How many lines does the metro map have?",
    ],
    "other": ["LoRA", "temperature 0.7", "transformers and memory"],
}

# Words of one kind inside a question of another.
LOOK_ALIKES = [
    ("What is post-training quantization?", "definition"),
    ("What is early stopping?", "definition"),
    ("How does early stopping prevent overfitting?", "how"),
    ("What is a stop token?", "definition"),
    ("What is a stop sequence good for in sampling?", "definition"),
    ("What is perplexity, of course?", "definition"),
    ("What is a reference model in DPO?", "definition"),
    ("What is a reference answer?", "definition"),
    ("How do I run a model from the command line?", "how"),
    ("Did the model say so ten lines ago?", "other"),
    ("What happens in the first layer of a transformer?", "how"),
    ("What is the learning rate?", "definition"),
    ("Does pre-training take many compute resources?", "other"),
    ("Which book should I read before RAG?", "lookup"),
    ("Which papers compare LoRA with full fine-tuning?", "lookup"),
]


@pytest.mark.parametrize(
    ("question", "kind"),
    [(question, kind) for kind, questions in QUESTIONS.items() for question in questions],
)
def test_kind(question, kind):
    assert read_intent(question) == kind


@pytest.mark.parametrize(("question", "kind"), LOOK_ALIKES)
def test_look_alike(question, kind):
    assert read_intent(question) == kind


@pytest.mark.parametrize("question", ["", "?", "42", "\n"])
def test_nothing_to_read(question):
    assert read_intent(question) == "other"


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("comparison", "How LoRA differs from QLoRA"),
        ("why", "Why self-attention is used"),
        ("how", "How self-attention works"),
        ("list", "Kinds of quantization"),
    ],
)
def test_a_heading_is_written_for_one_kind(kind, heading):
    headings = [
        "How LoRA differs from QLoRA",
        "Why self-attention is used",
        "How self-attention works",
        "Kinds of quantization",
    ]
    assert list(matching(headings, kind)) == [h == heading for h in headings]


def test_no_heading_is_written_for_a_definition():
    assert list(matching(["How LoRA works", "What LoRA is"], "definition")) == [False, False]


@pytest.mark.parametrize(
    "question",
    [
        "What next?",
        "I finished RAG, what now?",
        "Where do I go from here?",
        "What to learn after transformers?",
        "Which topics come after RAG?",
    ],
)
def test_asking_for_the_way_on_is_about_the_map(question):
    assert read_intent(question) == "path"


@pytest.mark.parametrize(
    "question",
    [
        "What is the next token?",
        "What happens next in the RLHF pipeline after the reward model?",
        "Where does the gradient go?",
        "Where is the key-value cache kept now?",
    ],
)
def test_other_next_steps_are_not(question):
    assert read_intent(question) != "path"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("python book", "lookup"),
        ("dpo paper", "lookup"),
        ("docs of LangChain", "lookup"),
        ("recommend something on prompt engineering", "lookup"),
        ("What should I watch to understand backpropagation?", "lookup"),
        ("Does the map cite anything by Chip Huyen?", "lookup"),
        ("What sources are there for speculative decoding?", "lookup"),
        ("vector database list", "list"),
        ("types of parallelism", "list"),
        ("What decoding strategies exist?", "list"),
        ("Which similarity measures are used for vector search?", "list"),
        ("cosine similarity", "other"),
        ("shortest way to agents", "path"),
        ("path to prompt injection", "path"),
        ("From vector stores, how do I get to agents?", "path"),
        ("Can I learn DPO without knowing RLHF?", "path"),
        ("Do I need math for RAG?", "path"),
        ("table of contents", "path"),
        ("What topics are in Securing LLMs?", "path"),
        ("hnsw vs ivf", "comparison"),
        ("wat is rag", "definition"),
    ],
)
def test_keywords_and_other_wordings(question, kind):
    assert read_intent(question) == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why do I need calculus at all for machine learning?", "why"),
        ("If it reads everything at once, how does it know which bit came first?", "how"),
        ("What are common sources of bias?", "definition"),
        ("What is an open-source model?", "definition"),
        ("What do I need to know about LoRA?", "definition"),
        ("How do I get 90% accuracy?", "how"),
    ],
)
def test_look_alikes_of_paths_and_look_ups(question, kind):
    assert read_intent(question) == kind
