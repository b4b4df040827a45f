// XForms written from real XLSForms, held against those of a reference converter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "common/survey/xform.h"

namespace trellis {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// References to questions are written as paths, absolute or relative, with blanks around or without.
std::string Normal(std::string_view expression, const std::string& root) {
  std::string text;
  for (size_t i = 0; i < expression.size(); ++i) {
    if (expression.substr(i).starts_with("../")) {
      i += 2;
      continue;
    }
    if (expression.substr(i).starts_with(root + "/")) {
      const size_t end = std::min(expression.find_first_of(" ,)=", i), expression.size());
      const std::string_view path = expression.substr(i, end - i);
      text += path.substr(path.rfind('/') + 1);
      i = end - 1;
      continue;
    }
    if (expression[i] != ' ') text += expression[i];
  }
  return text;
}

using Facts = std::map<std::string, std::map<std::string, std::string>>;

// What each question is bound to, by path.
Facts Binds(const pugi::xml_document& form) {
  Facts binds;
  const pugi::xml_node model = form.child("h:html").child("h:head").child("model");
  const std::string root = std::string("/") + model.child("instance").first_child().name();
  for (const pugi::xml_node& bind : model.children("bind")) {
    auto& facts = binds[bind.attribute("nodeset").as_string()];
    for (const char* name :
         {"type", "required", "readonly", "relevant", "constraint", "jr:preload", "jr:preloadParams"}) {
      // What is not required need not say so.
      if (std::string_view(bind.attribute(name).as_string()) == "false()") continue;
      if (bind.attribute(name)) facts[name] = Normal(bind.attribute(name).as_string(), root);
    }
  }
  return binds;
}

void CollectControls(const pugi::xml_node& body, Facts* controls) {
  for (const pugi::xml_node& node : body.children()) {
    const std::string element = node.name();
    if (element == "group" || element == "repeat") {
      CollectControls(node, controls);
      continue;
    }
    if (!node.attribute("ref")) continue;
    auto& facts = (*controls)[node.attribute("ref").as_string()];
    facts["element"] = element;
    if (const pugi::xml_node label = node.child("label"); label.attribute("ref")) {
      facts["label"] = "by language";
    } else if (label && !label.child("output")) {
      facts["label"] = label.text().get();
    }
    if (node.child("hint") && !node.child("hint").attribute("ref"))
      facts["hint"] = node.child("hint").text().get();
  }
}

void CollectLeaves(const pugi::xml_node& node, const std::string& path,
                   std::map<std::string, std::string>* leaves) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string here = path + "/" + child.name();
    if (!child.find_child([](const pugi::xml_node& n) { return n.type() == pugi::node_element; })) {
      (*leaves)[here] = child.text().get();
    }
    CollectLeaves(child, here, leaves);
  }
}

// Names of the choices of each list of the model, in order.
std::map<std::string, std::vector<std::string>> Lists(const pugi::xml_document& form) {
  std::map<std::string, std::vector<std::string>> lists;
  for (const pugi::xml_node& instance :
       form.child("h:html").child("h:head").child("model").children("instance")) {
    if (!instance.attribute("id")) continue;
    for (const pugi::xml_node& item : instance.child("root").children("item")) {
      lists[instance.attribute("id").as_string()].push_back(item.child("name").text().get());
    }
  }
  return lists;
}

class ReferenceForms : public testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("TRELLIS_TEST_DATA");
    if (folder == nullptr || !std::filesystem::exists(std::filesystem::path(folder) / "xlsform")) {
      GTEST_SKIP() << "TRELLIS_TEST_DATA names no folder with xlsform/";
    }
    const auto [file, expected] = GetParam();
    const std::filesystem::path at = std::filesystem::path(folder) / "xlsform";
    const auto workbook = ReadWorkbook(ReadAll(at / file));
    ASSERT_TRUE(workbook.ok()) << workbook.status();
    std::vector<FormProblem> problems;
    const auto form = ReadXlsForm(*workbook, file, &problems);
    ASSERT_TRUE(form.ok()) << form.status();
    for (const FormProblem& problem : problems) ADD_FAILURE() << problem.line << " " << problem.problem;
    ours_text_ = WriteXForm(*form);
    ASSERT_TRUE(ours_.load_string(ours_text_.c_str()));
    ASSERT_TRUE(theirs_.load_string(ReadAll(at / "expected" / expected).c_str()));
  }

  pugi::xml_node Instance(const pugi::xml_document& form) const {
    return form.child("h:html").child("h:head").child("model").child("instance").first_child();
  }

  std::string ours_text_;
  pugi::xml_document ours_, theirs_;
};

TEST_P(ReferenceForms, QuestionsAndDefaults_AreTheSame) {
  std::map<std::string, std::string> ours, theirs;
  CollectLeaves(Instance(ours_), "", &ours);
  CollectLeaves(Instance(theirs_), "", &theirs);
  EXPECT_EQ(ours, theirs);
  EXPECT_STREQ(Instance(ours_).name(), Instance(theirs_).name());
  EXPECT_STREQ(Instance(ours_).attribute("id").as_string(), Instance(theirs_).attribute("id").as_string());
}

TEST_P(ReferenceForms, TypesAndConditions_AreTheSame) {
  const Facts ours = Binds(ours_), theirs = Binds(theirs_);
  for (const auto& [path, facts] : theirs) {
    const auto found = ours.find(path);
    ASSERT_NE(found, ours.end()) << path;
    EXPECT_EQ(found->second, facts) << path;
  }
  EXPECT_EQ(ours.size(), theirs.size());
}

TEST_P(ReferenceForms, ControlsAndWordings_AreTheSame) {
  Facts ours, theirs;
  CollectControls(ours_.child("h:html").child("h:body"), &ours);
  CollectControls(theirs_.child("h:html").child("h:body"), &theirs);
  for (auto& [path, facts] : theirs) {
    ASSERT_TRUE(ours.contains(path)) << path;
    EXPECT_EQ(ours[path]["element"], facts["element"]) << path;
    if (facts.contains("label") && facts["label"] != "by language" && ours[path]["label"] != "by language") {
      EXPECT_EQ(ours[path]["label"], facts["label"]) << path;
    }
  }
  EXPECT_EQ(ours.size(), theirs.size());
}

TEST_P(ReferenceForms, Choices_AreTheSame) {
  const auto ours = Lists(ours_), theirs = Lists(theirs_);
  for (const auto& [list, names] : theirs) {
    ASSERT_TRUE(ours.contains(list)) << list;
    EXPECT_EQ(ours.at(list), names) << list;
  }
}

INSTANTIATE_TEST_SUITE_P(OfAConverter, ReferenceForms,
                         testing::Values(std::pair{"or_other.xlsx", "or_other.xml"},
                                         std::pair{"table-list.xls", "table-list.xml"},
                                         std::pair{"widgets.xls", "widgets.xml"},
                                         std::pair{"xlsform_spec_test.xlsx", "xlsform_spec_test.xml"}),
                         [](const auto& info) {
                           std::string name = info.param.second;
                           name.resize(name.find('.'));
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace trellis
