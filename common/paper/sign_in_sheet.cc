#include "common/paper/sign_in_sheet.h"

#include "common/paper/pages.h"

namespace trellis {
namespace {

constexpr double kRow = 26;
// Left edges of the columns, from the margin.
constexpr double kName = 0, kId = 170, kIn = 250, kOut = 310, kSigned = 370;

void DrawHead(Pages* pages) {
  const Pages::Style style{.size = 8, .grey = true};
  const double x = Pages::kMargin;
  pages->Draw("name", style, x + kName, pages->y(), 0);
  pages->Draw("id", style, x + kId, pages->y(), 0);
  pages->Draw("in", style, x + kIn, pages->y(), 0);
  pages->Draw("out", style, x + kOut, pages->y(), 0);
  pages->Draw("signature", style, x + kSigned, pages->y(), 0);
  pages->Skip(12);
  pages->Line(x, pages->y(), x + Pages::kRoom, pages->y());
}

void DrawRow(const SignInSheet::Row& row, Pages* pages) {
  if (pages->y() + kRow > Pages::kHeight - 1.5 * Pages::kMargin) {
    pages->NextPage();
    DrawHead(pages);
  }
  const double x = Pages::kMargin;
  const double y = pages->y() + 8;
  pages->Draw(row.name, {.size = 10}, x + kName, y - (row.state.empty() ? 0 : 4), kId - kName - 6);
  pages->Draw(row.state, {.size = 7, .grey = true}, x + kName, y + 8, kId - kName - 6);
  pages->Draw(row.staff, {.size = 9}, x + kId, y, kIn - kId - 6);
  pages->Skip(kRow);
  pages->Line(x, pages->y(), x + Pages::kRoom, pages->y());
  for (const double column : {kIn, kOut, kSigned}) {
    pages->Line(x + column - 6, pages->y() - kRow, x + column - 6, pages->y());
  }
}

}  // namespace

std::string SignInSheetPdf(const SignInSheet& sheet) {
  Pages pages(sheet.code);
  constexpr double kSide = 80;
  pages.Qr(sheet.code, Pages::kWidth - Pages::kMargin - kSide, Pages::kMargin, kSide);
  const double width = Pages::kRoom - kSide - 20;
  const Pages::Style title{.size = 16, .bold = true};
  pages.Draw(sheet.title, title, Pages::kMargin, pages.y(), width);
  pages.Draw(sheet.when, {.size = 10}, Pages::kMargin,
             pages.y() + pages.Height(sheet.title, title, width) + 6, width);
  pages.Skip(kSide + 16);
  DrawHead(&pages);
  for (const SignInSheet::Row& row : sheet.rows) DrawRow(row, &pages);
  for (int i = 0; i < sheet.empty_rows; ++i) DrawRow({}, &pages);
  return pages.Finish();
}

}  // namespace trellis
