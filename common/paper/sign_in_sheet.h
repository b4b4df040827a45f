// The list on the table at the door of a session.
#pragma once

#include <string>
#include <vector>

namespace trellis {

struct SignInSheet {
  std::string title;  // of the session
  std::string when;   // and where
  std::string code;   // of the session, as a QR code as well
  struct Row {
    std::string name;
    std::string staff;  // staff unique id: what is keyed in
    std::string state;  // such as wait-listed; empty: expected
  };
  std::vector<Row> rows;
  int empty_rows = 8;  // for whoever comes besides
};

std::string SignInSheetPdf(const SignInSheet& sheet);

}  // namespace trellis
