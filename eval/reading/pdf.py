"""PDF in the reading-quality table: headings and sentences copied by eye, and the libraries tried.

The headings are those of the pages as a person sees them, whatever an outline says. The sentences
run over lines, columns and pages. Text: the longest of all candidates' without the frame, as
nobody typed 140 pages.

The libraries' own text gets its lines joined here, the same way for each: so "sentences" compares
the order in which they read, not who undoes hyphens.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping

from corpus.reading.blocks import Block, Raw, Reading
from corpus.reading.pdf import read_pdf
from eval.reading.protocol import Candidate, Entry, Gold
from eval.reading.scores import lines_of, text_of


def _pdfium(raw: Raw) -> Reading:
    import pypdfium2

    document = pypdfium2.PdfDocument(raw.data)
    try:
        return _reading(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def _pypdf(raw: Raw) -> Reading:
    import pypdf

    return _reading(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw.data)).pages)


def _pdfminer(raw: Raw) -> Reading:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer

    return _reading(
        "\n".join(box.get_text() for box in page if isinstance(box, LTTextContainer))
        for page in extract_pages(io.BytesIO(raw.data))
    )


def _pdfplumber(raw: Raw) -> Reading:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(raw.data)) as document:
        return _reading(page.extract_text() for page in document.pages)


CANDIDATES: Mapping[str, Mapping[str, Candidate]] = {
    "pdf": {
        "ours on pypdfium2": read_pdf,
        "pypdfium2": _pdfium,
        "pypdf": _pypdf,
        "pdfminer.six": _pdfminer,
        "pdfplumber": _pdfplumber,
    }
}


def _reading(pages: Iterable[str]) -> Reading:
    blocks = (
        Block("paragraph", text, page=number)
        for number, page in enumerate(pages, start=1)
        for text in _paragraphs(page)
    )
    return Reading("pdf", "", tuple(blocks))


def _paragraphs(page: str) -> Iterator[str]:
    """Lines joined until one ends a sentence or stops well before the longest."""
    lines = [line.strip() for line in page.splitlines() if line.strip()]
    width = max(map(len, lines), default=0)
    text = ""
    for line in lines:
        if text.endswith("-") and line[0].islower():
            text = text[:-1] + line
        else:
            text = f"{text} {line}".strip()
        if len(line) < 0.4 * width and not line.endswith("-"):
            yield text
            text = ""
    if text:
        yield text


def gold(entry: Entry) -> Gold:
    """What a person sees on the pages."""
    name = entry.path.name
    frame = tuple(_FRAMES.get(name, ()))
    return Gold(_text(entry.raw, frame), _HEADINGS[name], frame, _SENTENCES[name])


def _text(raw: Raw, frame: Iterable[str]) -> str:
    texts: list[str] = []
    for candidate in CANDIDATES["pdf"].values():
        try:
            texts.append(text_of(candidate(raw)))
        except ImportError:
            continue
    left_out = set().union(*(lines_of(line) for line in frame))
    longest = max(texts, key=len)
    return "\n".join(
        line for line in longest.split("\n") if not left_out & set(lines_of(line))
    )  # fmt: skip


_FRAMES: Mapping[str, tuple[str, ...]] = {
    "RAG_TM_report.pdf": (
        "11/25/2025, 11:32:32 AM",
        *(f"Page {number} of 55" for number in range(2, 56)),
        *(f"11/25/2025, 11:32:32 AM Page {number} of 55" for number in range(2, 56)),
        *(f"RAG 11/25/2025, 11:32:32 AM Page {number} of 55" for number in range(2, 56)),
    ),
}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", " ", line).strip() for line in text.strip().split("\n"))


_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "garak-paper.pdf": _listed("""
        garak: A Framework for Security Probing Large Language Models
        Abstract
        1 Introduction
        2 Background and Related Work
        2.1 Red teaming
        2.2 Vulnerabilities and policies
        2.3 Testing LLM Systems
        3 The garak Framework
        3.1 Generators
        3.2 Probes
        3.3 Detectors
        3.4 Buffs
        4 Reporting
        5 Attack Generation
        6 Discussion
        7 Limitations
        8 Using garak Ethically
        9 Conclusion
        References
        A garak Probes
        B garak Sample Run
        C atkgen Setup
        D garak Hit Log Sample
    """),
    "LLM_AI_Security_and_Governance_Checklist-v1.1.pdf": _listed("""
        LLM AI Cybersecurity & Governance Checklist
        Revision History
        Overview
        Responsible and Trustworthy Artificial Intelligence
        Who is This For?
        Why a Checklist?
        Not Comprehensive
        Large Language Model Challenges
        LLM Threat Categories
        Artificial Intelligence Security and Privacy Training
        Incorporate LLM Security and governance with Existing, Established Practices and Controls
        Fundamental Security Principles
        Risk
        Vulnerability and Mitigation Taxonomy
        Determining LLM Strategy
        Deployment Strategy
        Checklist
        Adversarial Risk
        Threat Modeling
        AI Asset Inventory
        AI Security and Privacy Training
        Establish Business Cases
        Governance
        Legal
        Regulatory
        Using or Implementing Large Language Model Solutions
        Testing, Evaluation, Verification, and Validation TEVV
        Model Cards and Risk Cards
        RAG: Large Language Model Optimization
        RAG Reference
        AI Red Teaming
        Resources
        OWASP Top 10 for Large Language Model Applications
        OWASP Top 10 for Large Language Model Applications Visualized
        AI Vulnerability Repositories
        AI Procurement Guidance
        Team
    """),
    "RAG_TM_report.pdf": _listed("""
        RAG
        Diagram
        Project settings
        Open risks
        Node analysis
        User Interface
        RAG Engine
        Language Model
        Knowledge Base
        Document Indexer
        RAG Engine API
        Language Model API
        File Storage
        Knowledge Base and Indexer API
        ETL
        File Upload API
        Developer
        Threat reference
        Broken Access Controls
        Cryptographic Failures
        Injection Attacks
        Insecure Design
        Insufficient Logging
        Man-in-the-middle Attack
        Security Misconfiguration
        Server-Side Request Forgery (SSRF)
        Software and Data Integrity Failures
        Vulnerable and Outdated Component
        Weak Authentication Mechanisms
        Control reference
        Apply Least Privilege
        Authentication of Client Certificate
        Authentication of Server Certificate
        Configuration Management
        Enable Runtime Integrity Monitoring
        Enforce Authentication
        Enforce Authorization
        Input Sanitization
        Input Validation
        Layered Architecture and Tenant Segregation
        Logging and Monitoring
        Mitigate Automated Attacks
        Multi-Factor Authentication
        Password Policies
        Patch Management
        Rigorous Testing and Resource Limits
        Secure Connections with Strong Encryption
        Secure Defaults
        Secure Development Lifecycle
        Securely Store and Rotate Keys
        Security Audit
        Unique User Identification
        Update Default Credentials
        Use Modern Encryption Libraries
        Use Role-Based or Attribute-Based Controls
        Verify Integrity of Updates and Dependencies
    """),
    "SC21-ZeRO-Infinity.pdf": _listed("""
        ZeRO-Infinity: Breaking the GPU Memory Wall for Extreme Scale Deep Learning
        Large model training landscape
        Beyond the GPU Memory
        How to leverage non-GPU memory?
        ZeRO: Zero Redundancy Optimizer
        ZeRO with CPU/NVME Offload
        Efficiency as a function of bandwidth
        ZeRO with CPU/NVME Offload
        ZeRO-Infinity
        ZeRO-Infinity in Action
        Powerful Optimizations in ZeRO-Infinity
        Ease Inspired Implementation
        Evaluation
        Massive model scale
        Excellent Efficiency
        Super-linear Scalability
        Democratizing Large Model Training
        Impact of System Features on Performance
        Large model training landscape today
        Redefining the landscape with ZeRO-Infinity
        Thank You!
        Evaluation
        Powerful Optimizations in ZeRO-Infinity
    """),
    "ICML-5mins.pdf": _listed("""
        DeepSpeed-MoE: Advancing MoE inference & training to power next generation AI scale
        AI Scale is limited by Compute
        Next AI Scale on current hardware
        Cheaper NLG Model Training with MoE
        PR-MoE: a parameter efficient MoE model design
        Standard MoE vs. PR-MoE + MoS
        Designing a highly scalable MoE Inference System
        DeepSpeed-MoE: Powering the next generation of AI Scale
        Lower-latency & Higher-throughput at Unprecedented Scale
    """),
    "instructgraph_all_task.pdf": _listed("""
        Instruct Graph
        Graph Structure Modeling
        Graph Language Modeling
        Graph Generation Modeling
        Graph Thought Modeling
    """),
}

_SENTENCES: Mapping[str, tuple[str, ...]] = {
    # The first two run from column to column, the third and fourth from page to page.
    "garak-paper.pdf": (
        "Like cybersecurity, LLM security is concerned with the tools, processes, and methods "
        "designed to prevent malice, error, and mischance (Anderson, 2020).",
        "The NIST Adversarial Machine Learning Taxonomy (Vassilev et al., 2024) classifies attacks "
        "according to their learning method and at which stage of the learning process the attack "
        "is mounted, the attacker’s goals and objectives, the attacker’s capabilities, and the "
        "attacker’s knowledge of the learning process.",
        "we must challenge our assumptions of systems and their failures, and attempt to uncover "
        "potential vulnerabilities, before we can make cognizant and informed decisions about LLM "
        "security policies.",
        "remains an unsolved problem: “while attenuating undesired behaviors, the leading "
        "alignment practice of reinforcement learning from human feedback [may] render these same "
        "undesired behaviors more easily accessible via adversarial prompts.”",
        "Research and tools have emerged on testing and evaluating various LLM attacks, such as "
        "jailbreaking and prompt injection (Lin et al., 2024; Greshake et al., 2023; Shen et al., "
        "2023; Chao et al., 2023; Ding et al., 2023; Rao et al., 2023; Wilson et al., 2023).",
        "The growing adoption of LLMs has driven a need for tools to assess vulnerabilities in "
        "these models.",
    ),
    "LLM_AI_Security_and_Governance_Checklist-v1.1.pdf": (
        "Some risks associated with LLMs are unique, but many are familiar issues, such as the "
        "known software bill of materials (SBoM), supply chain, data loss protection (DLP), and "
        "authorized access.",
        "Organizations are entering uncharted territory in securing and overseeing GenAI "
        "solutions.",
        "Hallucinations, emerging from the gaps and training flaws in the data the model is "
        "trained on, are the result of this method.",
        "Investigate the impact of current controls, such as password resets, which use voice "
        "recognition which may no longer provide the appropriate defensive security from new GenAI "
        "enhanced attacks.",
        "Provides an effective and measurable way to analyze and improve an organization’s secure "
        "development lifecycle.",
        "OWASP CycloneDX is a full-stack Bill of Materials (BOM) standard that provides advanced "
        "supply chain capabilities for cyber risk reduction.",
    ),
    "RAG_TM_report.pdf": (
        "The node does not perform an adequate authorization check against attackers when "
        "attempting to access data or perform actions they should not be allowed to perform.",
        "Insufficient threat modeling, weak default configurations, and missing layers of defense "
        "give attackers opportunities to compromise the node's confidentiality, integrity, or "
        "availability.",
        "Attackers can submit malicious strings to perform actions such as making a request to "
        "unintended nodes and services.",
        "Knowledge Base and Indexer API High",
        "integrate security requirements into user stories; and rely on a library of secure design "
        "patterns or pre-approved components.",
    ),
    "SC21-ZeRO-Infinity.pdf": (
        "How do we support the growth in model size?",
        "Re-writing the model using 3D parallelism (tensor-slicing + pipeline parallelism)",
        "Can we extend an existing parallel training technology to use CPU/NVMe memory?",
        "GPU memory comprises a small fraction",
        "GPT-3 sized fine-tuning on a single node/GPU (instead of 16 nodes)",
    ),
    "ICML-5mins.pdf": (
        "1.3B+MoE with 128 experts, compared to 1.3B and 6.7B dense (GPT-3 like)",
        "Residual MoE: a fixed MLP plus a chosen expert per layer per token",
        "Can we achieve next generation model quality on current generation of hardware?",
        "Megatron-LM GPT-2 8.3B 512 V100 GPU 9.2 days",
        "Requires 4x higher bandwidth/parallelism/scalability for latency parity",
    ),
    "instructgraph_all_task.pdf": (
        "Definition: Given a graph, understand the structure and answer the question about "
        "connectivity, cycle, hamilton path, bipartite matching, shortest path and degree.",
        "Definition: Given a graph, understand the graph semantic and answer the question about "
        "caption, QA, node classification, link prediction, relevance and collaboration.",
        "Definition: Given a passage, understand the instruction and question, and then generate a "
        "graph to satisfy the semantics or structures.",
        'To answer this question, we first find the topic entity is "Avatar".',
        "Given a graph G3, answer the question: what's the birthday of the film TITANIC's "
        "director?",
    ),
}
