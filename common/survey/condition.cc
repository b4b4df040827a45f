#include "common/survey/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

namespace trellis {

// A function, an operator (by its sign) or a leaf.
struct Condition::Node {
  enum class Sort { kNumber, kText, kAnswer, kItself, kCall };
  Sort sort = Sort::kText;
  std::string word;  // the text, the question's code, or what is called
  double number = 0;
  std::vector<std::shared_ptr<const Node>> arguments;
};

namespace {

using Node = Condition::Node;
using NodePtr = std::shared_ptr<const Node>;
using Value = std::variant<bool, double, std::string>;

constexpr int kDeepest = 50;
constexpr size_t kLongest = 4000;

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':' || c == '@' || c == '+';
}

// How many arguments a function takes; nothing for words that are none.
std::optional<size_t> ArgumentsOf(std::string_view function) {
  if (function == "true" || function == "false") return 0;
  if (function == "not" || function == "count-selected" || function == "string-length") return 1;
  if (function == "selected") return 2;
  return std::nullopt;
}

NodePtr Call(std::string word, std::vector<NodePtr> arguments) {
  return std::make_shared<Node>(Node{Node::Sort::kCall, std::move(word), 0, std::move(arguments)});
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<NodePtr> Whole() {
    absl::StatusOr<NodePtr> root = Or(0);
    if (!root.ok()) return root;
    SkipBlanks();
    if (at_ < text_.size()) return Wrong("the end");
    return root;
  }

  std::set<std::string> names;
  bool names_itself = false;

 private:
  absl::Status Wrong(std::string_view expected) const {
    return absl::InvalidArgumentError(fmt::format("`{}`: {} was expected at `{}`", text_, expected,
                                                  at_ < text_.size() ? text_.substr(at_) : "the end"));
  }
  void SkipBlanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  bool Take(std::string_view sign) {
    SkipBlanks();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  bool TakeWord(std::string_view word) {
    SkipBlanks();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word) || (rest.size() > word.size() && IsNameByte(rest[word.size()]))) return false;
    at_ += word.size();
    return true;
  }

  absl::StatusOr<NodePtr> Or(int depth) {
    if (depth > kDeepest) return Wrong("something less nested");
    absl::StatusOr<NodePtr> left = And(depth);
    while (left.ok() && TakeWord("or")) left = Join("or", *left, And(depth));
    return left;
  }
  absl::StatusOr<NodePtr> And(int depth) {
    absl::StatusOr<NodePtr> left = Comparison(depth);
    while (left.ok() && TakeWord("and")) left = Join("and", *left, Comparison(depth));
    return left;
  }
  absl::StatusOr<NodePtr> Comparison(int depth) {
    absl::StatusOr<NodePtr> left = Sum(depth);
    if (!left.ok()) return left;
    for (const std::string_view sign : {"!=", "<=", ">=", "=", "<", ">"}) {
      if (Take(sign)) return Join(sign, *left, Sum(depth));
    }
    return left;
  }
  absl::StatusOr<NodePtr> Sum(int depth) {
    absl::StatusOr<NodePtr> left = Term(depth);
    while (left.ok()) {
      if (Take("+")) {
        left = Join("+", *left, Term(depth));
      } else if (Take("-")) {
        left = Join("-", *left, Term(depth));
      } else {
        break;
      }
    }
    return left;
  }
  static absl::StatusOr<NodePtr> Join(std::string_view sign, const NodePtr& left,
                                      const absl::StatusOr<NodePtr>& right) {
    if (!right.ok()) return right;
    return Call(std::string(sign), {left, *right});
  }

  absl::StatusOr<NodePtr> Term(int depth) {
    SkipBlanks();
    if (at_ == text_.size()) return Wrong("a question, a value or a function");
    const char c = text_[at_];
    if (Take("${")) return Answer();
    if (c == '\'' || c == '"') return Text(c);
    if (c == '(') {
      ++at_;
      absl::StatusOr<NodePtr> inner = Or(depth + 1);
      if (inner.ok() && !Take(")")) return Wrong(")");
      return inner;
    }
    if ((c >= '0' && c <= '9') || (c == '-' && at_ + 1 < text_.size())) return Number();
    if (c == '.' && (at_ + 1 == text_.size() || text_[at_ + 1] < '0' || text_[at_ + 1] > '9')) {
      ++at_;
      names_itself = true;
      return std::make_shared<const Node>(Node{Node::Sort::kItself, "", 0, {}});
    }
    if (c == '.') return Number();
    return Function(depth);
  }
  absl::StatusOr<NodePtr> Answer() {
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return Wrong("}");
    const std::string name(text_.substr(at_, end - at_));
    if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameByte))
      return Wrong("the name of a question");
    at_ = end + 1;
    names.insert(name);
    return std::make_shared<const Node>(Node{Node::Sort::kAnswer, name, 0, {}});
  }
  absl::StatusOr<NodePtr> Text(char quote) {
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return Wrong("a text that ends");
    const std::string text(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return std::make_shared<const Node>(Node{Node::Sort::kText, text, 0, {}});
  }
  absl::StatusOr<NodePtr> Number() {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return Wrong("a number");
    at_ = static_cast<size_t>(end - text_.data());
    return std::make_shared<const Node>(Node{Node::Sort::kNumber, "", number, {}});
  }
  absl::StatusOr<NodePtr> Function(int depth) {
    const size_t begin = at_;
    while (at_ < text_.size() && (IsNameByte(text_[at_]) && text_[at_] != '+')) ++at_;
    const std::string name(text_.substr(begin, at_ - begin));
    const std::optional<size_t> wanted = ArgumentsOf(name);
    if (!wanted) {
      at_ = begin;
      return Wrong("not, selected, count-selected, string-length, true or false");
    }
    if (!Take("(")) return Wrong("(");
    std::vector<NodePtr> arguments;
    while (arguments.size() < *wanted) {
      if (!arguments.empty() && !Take(",")) return Wrong(",");
      absl::StatusOr<NodePtr> argument = Or(depth + 1);
      if (!argument.ok()) return argument;
      arguments.push_back(*argument);
    }
    if (!Take(")")) return Wrong(")");
    return Call(name, std::move(arguments));
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool AsBool(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const double* number = std::get_if<double>(&value)) return *number != 0 && !std::isnan(*number);
  return !std::get<std::string>(value).empty();
}

double AsNumber(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  if (const double* number = std::get_if<double>(&value)) return *number;
  const std::string& text = std::get<std::string>(value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole ? number : std::numeric_limits<double>::quiet_NaN();
}

std::string AsText(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const double* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::get<std::string>(value);
}

// The codes of a multiple choice.
std::set<std::string> Selected(const std::string& answer) {
  std::set<std::string> codes;
  for (size_t begin = 0; begin < answer.size();) {
    const size_t end = std::min(answer.find(' ', begin), answer.size());
    if (end > begin) codes.insert(answer.substr(begin, end - begin));
    begin = end + 1;
  }
  return codes;
}

bool Equal(const Value& a, const Value& b) {
  if (std::holds_alternative<bool>(a) || std::holds_alternative<bool>(b)) return AsBool(a) == AsBool(b);
  if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b))
    return AsNumber(a) == AsNumber(b);
  return AsText(a) == AsText(b);
}

struct Evaluation {
  const Condition::Answers& answers;
  const std::string& itself;

  Value Of(const Node& node) const {  // NOLINT(misc-no-recursion): as deep as the parser allowed
    switch (node.sort) {
      case Node::Sort::kNumber:
        return node.number;
      case Node::Sort::kText:
        return node.word;
      case Node::Sort::kAnswer:
        return answers(node.word);
      case Node::Sort::kItself:
        return itself;
      case Node::Sort::kCall:
        return OfCall(node.word, node.arguments);
    }
    return false;
  }

  Value OfCall(const std::string& word,
               const std::vector<NodePtr>& given) const {  // NOLINT(misc-no-recursion)
    if (word == "true") return true;
    if (word == "false") return false;
    const Value first = Of(*given[0]);
    if (word == "not") return !AsBool(first);
    if (word == "string-length") return static_cast<double>(AsText(first).size());
    if (word == "count-selected") return static_cast<double>(Selected(AsText(first)).size());
    if (word == "or" && AsBool(first)) return true;
    if (word == "and" && !AsBool(first)) return false;
    const Value second = Of(*given[1]);
    if (word == "or" || word == "and") return AsBool(second);
    if (word == "selected") return Selected(AsText(first)).contains(AsText(second));
    if (word == "=") return Equal(first, second);
    if (word == "!=") return !Equal(first, second);
    const double a = AsNumber(first);
    const double b = AsNumber(second);
    if (word == "+") return a + b;
    if (word == "-") return a - b;
    if (word == "<") return a < b;
    if (word == "<=") return a <= b;
    return word == ">" ? a > b : a >= b;
  }
};

}  // namespace

absl::StatusOr<Condition> Condition::Parse(std::string_view text) {
  if (text.size() > kLongest) return absl::InvalidArgumentError("the condition is longer than 4000 bytes");
  Parser parser(text);
  absl::StatusOr<NodePtr> root = parser.Whole();
  if (!root.ok()) return root.status();
  return Condition(*std::move(root), std::move(parser.names), parser.names_itself);
}

bool Condition::Holds(const Answers& answers, const std::string& itself) const {
  return AsBool(Evaluation{answers, itself}.Of(*root_));
}

}  // namespace trellis
