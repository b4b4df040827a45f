// Published data and numbers computed elsewhere, found through the environment; tests skip without them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace trellis {

// Skips the test when the folder is not named.
#define TRELLIS_REQUIRE_TEST_DATA() \
  if (std::getenv("TRELLIS_TEST_DATA") == nullptr) GTEST_SKIP() << "TRELLIS_TEST_DATA names no folder"

inline std::string TestDataPath(const std::string& name) {
  return std::string(std::getenv("TRELLIS_TEST_DATA")) + "/" + name;
}

inline nlohmann::json ReferenceNumbers() {
  std::ifstream file(TestDataPath("reference/reference_numbers.json"));
  return nlohmann::json::parse(file);
}

// Rows of a CSV without line breaks in fields, by column name.
inline std::vector<std::map<std::string, std::string>> ReadCsv(const std::string& name) {
  std::ifstream file(TestDataPath(name));
  const auto fields = [](const std::string& line) {
    std::vector<std::string> found;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) {
      std::erase(field, '"');
      std::erase(field, '\r');
      found.push_back(field);
    }
    return found;
  };
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = fields(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = fields(line);
    std::map<std::string, std::string> row;
    for (size_t i = 0; i < values.size() && i < names.size(); ++i) row[names[i]] = values[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace trellis
