#include "common/paper/invitations.h"

#include "common/paper/pages.h"

namespace trellis {
namespace {

constexpr int kCardsAcross = 2;
constexpr int kCardsDown = 5;
constexpr double kCardHeight = 148;
constexpr double kCardWidth = Pages::kRoom / kCardsAcross;
constexpr double kInside = 12;
constexpr double kQrOnCard = 92;

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

void DrawCard(const InvitationText& text, const std::string& code, double x, double y, Pages* pages) {
  pages->Line(x, y, x + kCardWidth, y);
  pages->Line(x, y + kCardHeight, x + kCardWidth, y + kCardHeight);
  pages->Line(x, y, x, y + kCardHeight);
  pages->Line(x + kCardWidth, y, x + kCardWidth, y + kCardHeight);
  pages->Qr(LinkOf(text, code), x + kCardWidth - kQrOnCard - kInside, y + kInside, kQrOnCard);
  const double width = kCardWidth - kQrOnCard - 3 * kInside;
  const Pages::Style title{.size = 10.5, .bold = true};
  pages->Draw(text.title, title, x + kInside, y + kInside, width);
  const double below = y + kInside + pages->Height(text.title, title, width) + 6;
  pages->Draw(text.until, {.size = 8.5}, x + kInside, below, width);
  pages->Draw(code, {.size = 9, .bold = true}, x + kInside, y + kCardHeight - 34, kCardWidth - 2 * kInside);
  if (!text.link.empty()) {
    pages->Draw(Replaced(text.link, "{code}", ""), {.size = 6.5, .grey = true}, x + kInside,
                y + kCardHeight - 18, kCardWidth - 2 * kInside);
  }
}

}  // namespace

std::string LinkOf(const InvitationText& text, const std::string& code) {
  return text.link.empty() ? code : Replaced(text.link, "{code}", code);
}

std::string CardsPdf(const InvitationText& text, const std::vector<std::string>& codes) {
  Pages pages("");
  for (size_t i = 0; i < codes.size(); ++i) {
    const size_t place = i % (kCardsAcross * kCardsDown);
    if (i > 0 && place == 0) pages.NextPage();
    const size_t row = place / kCardsAcross;
    const size_t column = place % kCardsAcross;
    DrawCard(text, codes[i], Pages::kMargin + static_cast<double>(column) * kCardWidth,
             Pages::kMargin + static_cast<double>(row) * kCardHeight, &pages);
  }
  return pages.Finish();
}

std::string LettersPdf(const InvitationText& text, const std::vector<std::string>& codes) {
  Pages pages("");
  for (size_t i = 0; i < codes.size(); ++i) {
    if (i > 0) pages.NextPage();
    pages.Skip(110);  // below the window of an envelope
    pages.Paragraph(text.title, {.size = 15, .bold = true});
    pages.Skip(10);
    const std::string body = Replaced(text.body, "{link}", LinkOf(text, codes[i]));
    pages.Paragraph(Replaced(body, "{code}", codes[i]), {.size = 11});
    pages.Skip(16);
    const double top = pages.y();
    pages.Qr(LinkOf(text, codes[i]), Pages::kMargin, top, 120);
    pages.Draw(codes[i], {.size = 12, .bold = true}, Pages::kMargin + 140, top + 20, Pages::kRoom - 140);
    if (!text.link.empty()) {
      pages.Draw(LinkOf(text, codes[i]), {.size = 9}, Pages::kMargin + 140, top + 56, Pages::kRoom - 140);
    }
    pages.Draw(text.until, {.size = 10}, Pages::kMargin + 140, top + 90, Pages::kRoom - 140);
  }
  return pages.Finish();
}

std::string LinkPosterPdf(const InvitationText& text) {
  Pages pages("");
  pages.Skip(40);
  pages.Paragraph(text.title, {.size = 28, .bold = true, .centred = true});
  pages.Skip(20);
  pages.Paragraph(text.body, {.size = 14, .centred = true});
  pages.Skip(20);
  constexpr double kSide = 320;
  pages.Qr(text.link, (Pages::kWidth - kSide) / 2, pages.y(), kSide);
  pages.Skip(kSide + 24);
  pages.Paragraph(text.link, {.size = 14, .centred = true});
  pages.Paragraph(text.until, {.size = 13, .centred = true});
  return pages.Finish();
}

}  // namespace trellis
