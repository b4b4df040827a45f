#include "common/record/filter_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/record/text_format.h"

namespace trellis {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool EndsText(char c) {
  return IsSpace(c) || std::string_view("()=!<>:\"',").find(c) != std::string_view::npos;
}

class Parser {
 public:
  explicit Parser(std::string_view filter) : filter_(filter) {}

  absl::StatusOr<FilterNode> Parse() {
    SkipSpace();
    FilterNode root;
    if (!AtEnd()) root = Expression(0);
    if (error_.ok() && !AtEnd()) Fail(at_, fmt::format("unexpected \"{}\"", filter_[at_]));
    if (!error_.ok()) return error_;
    return root;
  }

 private:
  bool AtEnd() const { return at_ == filter_.size(); }

  void SkipSpace() {
    while (!AtEnd() && IsSpace(filter_[at_])) ++at_;
  }

  void Fail(size_t byte, const std::string& problem) {
    if (error_.ok()) error_ = FilterErrorAt(filter_, byte, problem);
  }

  // Takes the word if it stands here alone.
  bool TakeKeyword(std::string_view word) {
    if (!filter_.substr(at_).starts_with(word)) return false;
    const size_t end = at_ + word.size();
    if (end < filter_.size() && !EndsText(filter_[end])) return false;
    if (end < filter_.size() && std::string_view("=!<>:").find(filter_[end]) != std::string_view::npos)
      return false;
    at_ = end;
    SkipSpace();
    return true;
  }

  bool AtKeyword(std::string_view word) {
    const size_t before = at_;
    const bool there = TakeKeyword(word);
    at_ = before;
    return there;
  }

  FilterNode Expression(int depth) {
    FilterNode node = Sequence(depth);
    while (error_.ok() && TakeKeyword("AND")) Join(&node, FilterNode::Type::kAnd, Sequence(depth));
    return node;
  }

  FilterNode Sequence(int depth) {
    FilterNode node = Factor(depth);
    while (error_.ok() && !AtEnd() && filter_[at_] != ')' && !AtKeyword("AND")) {
      Join(&node, FilterNode::Type::kAnd, Factor(depth));
    }
    return node;
  }

  FilterNode Factor(int depth) {
    FilterNode node = Term(depth);
    while (error_.ok() && TakeKeyword("OR")) Join(&node, FilterNode::Type::kOr, Term(depth));
    return node;
  }

  static void Join(FilterNode* node, FilterNode::Type type, FilterNode next) {
    if (node->type != type || node->children.empty()) {
      FilterNode joined;
      joined.type = type;
      joined.children.push_back(std::move(*node));
      *node = std::move(joined);
    }
    node->children.push_back(std::move(next));
  }

  FilterNode Term(int depth) {
    if (depth > kMaxFilterDepth) {
      Fail(at_, fmt::format("more than {} levels deep: make the filter simpler", kMaxFilterDepth));
      return {};
    }
    if (TakeKeyword("NOT") || TakeMinus()) {
      FilterNode node;
      node.type = FilterNode::Type::kNot;
      node.children.push_back(Term(depth + 1));
      return node;
    }
    if (!AtEnd() && filter_[at_] == '(') return Group(depth);
    return Restriction();
  }

  bool TakeMinus() {
    if (AtEnd() || filter_[at_] != '-') return false;
    if (at_ + 1 == filter_.size() || IsSpace(filter_[at_ + 1])) return false;
    ++at_;
    return true;
  }

  FilterNode Group(int depth) {
    const size_t open = at_++;
    SkipSpace();
    FilterNode node = Expression(depth + 1);
    if (!error_.ok()) return node;
    if (AtEnd()) {
      Fail(open, "this \"(\" is never closed");
      return node;
    }
    if (filter_[at_] != ')') {
      Fail(at_, fmt::format("unexpected \"{}\"", filter_[at_]));
      return node;
    }
    ++at_;
    SkipSpace();
    return node;
  }

  FilterNode Restriction() {
    FilterNode node;
    node.type = FilterNode::Type::kSearch;
    node.name_at = at_;
    if (++terms_ > kMaxFilterTerms) {
      Fail(at_, fmt::format("more than {} comparisons: make the filter simpler", kMaxFilterTerms));
      return node;
    }
    if (AtKeyword("AND") || AtKeyword("OR")) {
      Fail(at_, "expected a field or a word, not AND or OR (quote the word to search for it)");
      return node;
    }
    node.name = Text("a field or a word", &node.quoted);
    SkipSpace();
    const auto op = error_.ok() ? Operator() : std::nullopt;
    if (!op) return node;
    if (node.quoted) {
      Fail(node.name_at, "a field is not quoted");
      return node;
    }
    node.type = FilterNode::Type::kRestriction;
    node.op = *op;
    SkipSpace();
    node.value_at = at_;
    node.value = Text("a value", &node.quoted);
    SkipSpace();
    return node;
  }

  std::optional<FilterOp> Operator() {
    constexpr std::pair<std::string_view, FilterOp> kOperators[] = {
        {"!=", FilterOp::kNotEqual}, {"<=", FilterOp::kLessEqual}, {">=", FilterOp::kGreaterEqual},
        {"=", FilterOp::kEqual},     {"<", FilterOp::kLess},       {">", FilterOp::kGreater},
        {":", FilterOp::kHas}};
    for (const auto& [text, op] : kOperators) {
      if (!filter_.substr(at_).starts_with(text)) continue;
      at_ += text.size();
      return op;
    }
    return std::nullopt;
  }

  std::string Text(const std::string& expected, bool* quoted) {
    *quoted = !AtEnd() && (filter_[at_] == '"' || filter_[at_] == '\'');
    if (*quoted) return Quoted();
    const size_t begin = at_;
    while (!AtEnd() && !EndsText(filter_[at_])) ++at_;
    if (at_ == begin) {
      Fail(at_, AtEnd() ? "expected " + expected + " here"
                        : fmt::format("expected {}, not \"{}\"", expected, filter_[at_]));
    }
    return std::string(filter_.substr(begin, at_ - begin));
  }

  std::string Quoted() {
    const size_t open = at_;
    const char quote = filter_[at_++];
    std::string text;
    while (!AtEnd() && filter_[at_] != quote) {
      if (filter_[at_] == '\\' && at_ + 1 < filter_.size()) ++at_;
      text.push_back(filter_[at_++]);
    }
    if (AtEnd()) {
      Fail(open, "this quote is never closed");
    } else {
      ++at_;
    }
    return text;
  }

  std::string_view filter_;
  size_t at_ = 0;
  int terms_ = 0;
  absl::Status error_;
};

}  // namespace

absl::Status FilterErrorAt(std::string_view filter, size_t byte, const std::string& problem) {
  const size_t character = CountCharacters(filter.substr(0, byte)) + 1;
  return absl::InvalidArgumentError(fmt::format("filter, character {}: {}", character, problem));
}

absl::StatusOr<FilterNode> ParseFilterSyntax(std::string_view filter) {
  if (filter.size() > kMaxFilterBytes) {
    return absl::InvalidArgumentError(fmt::format("the filter has {} bytes; the most is {}: make it shorter",
                                                  filter.size(), kMaxFilterBytes));
  }
  if (auto problem = TextProblem(filter)) return absl::InvalidArgumentError("the filter " + *problem);
  return Parser(filter).Parse();
}

}  // namespace trellis
