// Conditions of forms: the part of XPath 1.0 that XLSForms use for what is shown and what is valid. The
// grammar stands in the folder's README.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

class Condition {
 public:
  // The answer to a question by its code, as XForms write it: empty where there is none.
  using Answers = std::function<std::string(const std::string& code)>;

  // INVALID_ARGUMENT naming the place where the text stops being a condition. Nested at most 50 deep, at
  // most 4,000 bytes long.
  static absl::StatusOr<Condition> Parse(std::string_view text);

  // Codes of the questions it names.
  const std::set<std::string>& names() const { return names_; }
  // Whether it speaks of the answer itself (`.`).
  bool names_itself() const { return names_itself_; }

  bool Holds(const Answers& answers, const std::string& itself = "") const;

  struct Node;

 private:
  Condition(std::shared_ptr<const Node> root, std::set<std::string> names, bool names_itself)
      : root_(std::move(root)), names_(std::move(names)), names_itself_(names_itself) {}

  std::shared_ptr<const Node> root_;
  std::set<std::string> names_;
  bool names_itself_ = false;
};

}  // namespace trellis
