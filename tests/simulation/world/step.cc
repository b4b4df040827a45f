#include "tests/simulation/world/step.h"

#include <sstream>

namespace trellis::simulation {

std::string TextOf(const Step& step) {
  std::string text;
  for (const std::string& word : step) text += (text.empty() ? "" : " ") + word;
  return text;
}

Step StepOf(const std::string& line) {
  std::istringstream in(line.substr(0, line.find('#')));
  Step step;
  for (std::string word; in >> word;) step.push_back(word);
  return step;
}

std::vector<Step> StepsOf(const std::string& text) {
  std::istringstream in(text);
  std::vector<Step> steps;
  for (std::string line; std::getline(in, line);) {
    if (Step step = StepOf(line); !step.empty()) steps.push_back(std::move(step));
  }
  return steps;
}

std::string TextOf(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) text += TextOf(step) + "\n";
  return text;
}

}  // namespace trellis::simulation
