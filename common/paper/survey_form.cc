#include "common/paper/survey_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "common/paper/pages.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;

constexpr Pages::Style kTitle{.size = 17, .bold = true};
constexpr Pages::Style kSection{.size = 12.5, .bold = true};
constexpr Pages::Style kText{.size = 10};
constexpr Pages::Style kQuestion{.size = 10, .bold = true};
constexpr Pages::Style kHint{.size = 8.5, .grey = true};
constexpr Pages::Style kKey{.size = 6.5, .grey = true};
constexpr Pages::Style kColumnHead{.size = 7.5, .centred = true};
constexpr double kMark = 5;           // radius of a circle, half a square
constexpr double kIndent = 22;        // of answers under their question
constexpr double kLeastColumn = 38;   // of a matrix
constexpr double kMostColumns = 320;  // together
constexpr double kWritingLine = 22;

class FormPrinter {
 public:
  FormPrinter(const v1::Survey& survey, const SurveyFormOptions& options)
      : survey_(survey), language_(options.language), pages_(Footer(survey, options)) {}

  std::string Print();

 private:
  using Questions = std::vector<const v1::Question*>;

  static std::string Footer(const v1::Survey& survey, const SurveyFormOptions& options) {
    return fmt::format("{}{}{}", survey.code(), options.wave.empty() ? "" : " / " + options.wave,
                       options.language.empty() ? "" : " / " + options.language);
  }
  template <typename Translations>
  std::string In(const std::string& text, const Translations& translations) const {
    for (const v1::Translation& one : translations) {
      if (one.language() == language_ && !language_.empty()) return one.text();
    }
    return text;
  }
  std::string Words(const v1::Choice& choice) const { return In(choice.text(), choice.translations()); }
  std::string Asked(const v1::Question& question);
  // A condition with the numbers of questions in the place of their codes: ${Q7} < 3 as (12) < 3.
  std::string Condition(std::string text) const;
  Questions InOrder(const std::string& section) const;
  double HeightOf(const v1::Question& question);
  void PrintSection(const Questions& questions);
  void PrintQuestion(const v1::Question& question);
  void PrintChoices(const v1::Question& question);
  void PrintMatrix(const Questions& rows);
  void PrintMatrixHead(const v1::Question& first, bool numbered, double left, double column);

  const v1::Survey& survey_;
  const std::string language_;
  Pages pages_;
  int number_ = 0;
  std::map<std::string, int> numbers_;  // of questions printed, by code
};

std::string FormPrinter::Condition(std::string text) const {
  for (const auto& [code, number] : numbers_) {
    const std::string name = "${" + code + "}";
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), fmt::format("({})", number));
    }
  }
  return text;
}

std::string FormPrinter::Asked(const v1::Question& question) {
  if (question.form() == v1::QUESTION_FORM_NOTE) return In(question.text(), question.translations());
  numbers_[question.code()] = ++number_;
  return fmt::format("{}. {}{}", number_, In(question.text(), question.translations()),
                     question.required() ? " *" : "");
}

FormPrinter::Questions FormPrinter::InOrder(const std::string& section) const {
  Questions questions;
  for (const v1::Question& question : survey_.questions()) {
    if (question.section() == section && !question.retired()) questions.push_back(&question);
  }
  std::sort(questions.begin(), questions.end(), [](const v1::Question* a, const v1::Question* b) {
    return std::pair(a->sort_order(), a->slot()) < std::pair(b->sort_order(), b->slot());
  });
  return questions;
}

// At least what it takes: numbers of two digits are reckoned in.
double FormPrinter::HeightOf(const v1::Question& question) {
  double height =
      pages_.Height("00. " + In(question.text(), question.translations()) + " *", kQuestion, Pages::kRoom) +
      pages_.Height(In(question.hint(), question.hint_translations()), kHint, Pages::kRoom) + 14;
  if (!question.shown_if().empty()) height += 12;
  for (const v1::Choice& choice : question.choices()) {
    height += std::max(pages_.Height(Words(choice), kText, Pages::kRoom - 2 * kIndent), 13.0) + 3;
  }
  if (question.choices().empty()) {
    height += (question.form() == v1::QUESTION_FORM_TEXT ? 3 : 1) * kWritingLine;
  }
  return height;
}

void FormPrinter::PrintQuestion(const v1::Question& question) {
  // One that would fill more than a page may break all the same.
  pages_.Need(std::min(HeightOf(question), Pages::kHeight - 3 * Pages::kMargin));
  const bool note = question.form() == v1::QUESTION_FORM_NOTE;
  pages_.Paragraph(Asked(question), note ? kText : kQuestion);
  if (!question.shown_if().empty()) pages_.Paragraph("→ " + Condition(question.shown_if()), kHint);
  pages_.Paragraph(In(question.hint(), question.hint_translations()), kHint);
  if (!question.choices().empty()) {
    PrintChoices(question);
  } else if (!note) {
    const int lines = question.form() == v1::QUESTION_FORM_TEXT ? 3 : 1;
    const double width = lines > 1 ? Pages::kRoom - kIndent : 150;
    for (int i = 0; i < lines; ++i) {
      pages_.Skip(kWritingLine);
      pages_.Line(Pages::kMargin + kIndent, pages_.y(), Pages::kMargin + kIndent + width, pages_.y());
    }
    pages_.Draw(question.code(), kKey, Pages::kMargin, pages_.y() - 8, kIndent);
  }
  pages_.Skip(8);
}

void FormPrinter::PrintChoices(const v1::Question& question) {
  const bool many = question.form() == v1::QUESTION_FORM_MULTIPLE_CHOICE;
  for (int i = 0; i < question.choices_size(); ++i) {
    const std::string words = Words(question.choices(i));
    const double height = std::max(pages_.Height(words, kText, Pages::kRoom - 2 * kIndent), 13.0);
    pages_.Need(height);
    const double x = Pages::kMargin + kIndent;
    const double middle = pages_.y() + 6.5;
    if (many) {
      pages_.Square(x, middle - kMark, 2 * kMark);
    } else {
      pages_.Circle(x + kMark, middle, kMark);
    }
    // As wide as it is, so that what runs from right to left stands beside its mark as well.
    const double width = std::min(pages_.Width(words, kText) + 1, Pages::kRoom - 2 * kIndent);
    pages_.Draw(words, kText, x + 2 * kMark + 6, pages_.y(), width);
    const std::string key = KeyedAs(question, i);
    if (key != question.choices(i).text()) {
      pages_.Draw(key, kKey, Pages::kMargin, middle - 4, kIndent - 2);
    }
    pages_.Skip(height + 3);
  }
}

void FormPrinter::PrintMatrixHead(const v1::Question& first, bool numbered, double left, double column) {
  if (numbered) {
    for (int i = 0; i < first.choices_size(); ++i) {
      pages_.Paragraph(fmt::format("({})  {}", i + 1, Words(first.choices(i))), kText);
    }
  }
  double height = 0;
  const auto head = [&](int i) { return numbered ? fmt::format("({})", i + 1) : Words(first.choices(i)); };
  for (int i = 0; i < first.choices_size(); ++i) {
    height = std::max(height, pages_.Height(head(i), kColumnHead, column - 4));
  }
  for (int i = 0; i < first.choices_size(); ++i) {
    const double up = height - pages_.Height(head(i), kColumnHead, column - 4);
    pages_.Draw(head(i), kColumnHead, left + i * column + 2, pages_.y() + up, column - 4);
  }
  pages_.Skip(height + 3);
  pages_.Line(Pages::kMargin, pages_.y(), Pages::kMargin + Pages::kRoom, pages_.y());
  pages_.Skip(3);
}

void FormPrinter::PrintMatrix(const Questions& rows) {
  const v1::Question& first = *rows.front();
  const int count = first.choices_size();
  const double column = std::min(kMostColumns / std::max(count, 1), 76.0);
  bool numbered = column < kLeastColumn;
  for (const v1::Choice& choice : first.choices()) {
    // A word that breaks, or more than four lines, is not read above a column.
    numbered = numbered || pages_.Height(Words(choice), kColumnHead, column - 4) > 42;
  }
  const double left = Pages::kMargin + Pages::kRoom - count * column;
  const double width = left - Pages::kMargin - 8;
  pages_.Need(numbered ? 60 + 16.0 * count : 110);
  PrintMatrixHead(first, numbered, left, column);
  for (const v1::Question* row : rows) {
    const std::string asked = Asked(*row);
    const double height = std::max(pages_.Height(asked, kText, width), 22.0);
    if (pages_.y() + height > Pages::kHeight - 1.4 * Pages::kMargin) {
      pages_.NextPage();
      PrintMatrixHead(first, false, left, column);
    }
    pages_.Draw(asked, kText, Pages::kMargin, pages_.y(), width);
    for (int i = 0; i < count; ++i) {
      const double x = left + (i + 0.5) * column;
      if (row->form() == v1::QUESTION_FORM_MULTIPLE_CHOICE) {
        pages_.Square(x - kMark, pages_.y() + 2, 2 * kMark);
      } else {
        pages_.Circle(x, pages_.y() + 7, kMark);
      }
      const std::string key = KeyedAs(*row, i);
      if (key.size() <= 6) {
        pages_.Draw(key, {.size = 6, .grey = true, .centred = true}, x - 15, pages_.y() + 13, 30);
      }
    }
    pages_.Skip(height + 2);
    pages_.Line(Pages::kMargin, pages_.y(), Pages::kMargin + Pages::kRoom, pages_.y());
    pages_.Skip(3);
  }
  pages_.Skip(8);
}

void FormPrinter::PrintSection(const Questions& questions) {
  for (size_t i = 0; i < questions.size();) {
    Questions rows;
    const v1::Question& first = *questions[i];
    while (i < questions.size() && !first.matrix().empty() && questions[i]->matrix() == first.matrix() &&
           questions[i]->choices_size() == first.choices_size()) {
      rows.push_back(questions[i++]);
    }
    if (rows.size() > 1) {
      PrintMatrix(rows);
    } else {
      PrintQuestion(first);
      if (rows.empty()) ++i;
    }
  }
}

std::string FormPrinter::Print() {
  pages_.Paragraph(In(survey_.title(), survey_.title_translations()), kTitle);
  pages_.Skip(4);
  pages_.Paragraph(In(survey_.introduction(), survey_.introduction_translations()), kText);
  pages_.Skip(8);
  std::vector<v1::Section> sections(survey_.sections().begin(), survey_.sections().end());
  std::stable_sort(sections.begin(), sections.end(),
                   [](const auto& a, const auto& b) { return a.sort_order() < b.sort_order(); });
  sections.emplace_back();  // questions of no section come last
  for (const v1::Section& section : sections) {
    const Questions questions = InOrder(section.code());
    if (questions.empty() && section.title().empty()) continue;
    const std::string title = In(section.title(), section.translations());
    if (!title.empty()) {
      pages_.Need(90);
      pages_.Skip(4);
      pages_.Paragraph(title, kSection);
    }
    if (!section.shown_if().empty()) pages_.Paragraph("→ " + Condition(section.shown_if()), kHint);
    pages_.Paragraph(In(section.introduction(), section.introduction_translations()), kText);
    PrintSection(questions);
  }
  return pages_.Finish();
}

}  // namespace

std::string KeyedAs(const v1::Question& question, int choice) {
  const v1::Choice& one = question.choices(choice);
  const auto alike = std::count_if(
      question.choices().begin(), question.choices().end(),
      [&](const v1::Choice& other) { return !other.not_scored() && other.value() == one.value(); });
  if (!one.not_scored() && alike == 1) return fmt::format("{:g}", one.value());
  return one.code().empty() ? one.text() : one.code();
}

std::string SurveyFormPdf(const v1::Survey& survey, const SurveyFormOptions& options) {
  return FormPrinter(survey, options).Print();
}

}  // namespace trellis
