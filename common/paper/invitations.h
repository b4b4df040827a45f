// Cards and letters by which people reach a survey.
#pragma once

#include <string>
#include <vector>

namespace trellis {

struct InvitationText {
  std::string title;  // of the survey, in the language of the letter
  std::string body;   // paragraphs; {code} and {link} stand for what each letter has of its own
  std::string until;  // last day; empty: not said
  std::string link;   // {code} in it becomes the code; empty: codes alone are printed
};

// Ten cards a page, to be cut and drawn from a pile: the title, the code, its QR.
std::string CardsPdf(const InvitationText& text, const std::vector<std::string>& codes);
// One letter a page and code.
std::string LettersPdf(const InvitationText& text, const std::vector<std::string>& codes);
// The persistent link of a wave on one page, to be hung up.
std::string LinkPosterPdf(const InvitationText& text);

// The link with the code in it; the code alone where there is no link.
std::string LinkOf(const InvitationText& text, const std::string& code);

}  // namespace trellis
