#include "common/credential/credential_pdf.h"

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <algorithm>
#include <memory>

namespace trellis {
namespace {

// Points of 1/72 inch; A4.
constexpr double kPageWidth = 595;
constexpr double kPageHeight = 842;
constexpr double kMargin = 56;
constexpr double kWidth = kPageWidth - 2 * kMargin;
constexpr double kTextSize = 9.5;
constexpr double kCodeSize = 6.5;
constexpr double kQrWidth = 132;

cairo_status_t Append(void* to, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

struct FreeQr {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

enum class Weight { kNormal, kBold };
enum class Align { kLeft, kCentre };

class Paper {
 public:
  Paper(std::string* out, std::string footer)
      : surface_(cairo_pdf_surface_create_for_stream(Append, out, kPageWidth, kPageHeight)),
        cairo_(cairo_create(surface_)),
        layout_(pango_cairo_create_layout(cairo_)),
        footer_(std::move(footer)) {}
  ~Paper() {
    Foot();
    g_object_unref(layout_);
    cairo_destroy(cairo_);
    cairo_surface_finish(surface_);
    cairo_surface_destroy(surface_);
  }
  Paper(const Paper&) = delete;
  Paper& operator=(const Paper&) = delete;

  double y() const { return y_; }
  void set_y(double y) { y_ = y; }
  // Begins a page where that much does not fit any more. True if it did.
  bool Need(double height) {
    if (y_ + height <= kPageHeight - kMargin - 12) return false;
    Foot();
    cairo_show_page(cairo_);
    ++number_;
    y_ = kMargin;
    return true;
  }
  double Height(const std::string& text, double size, Weight weight, double width,
                const char* font = "DejaVu Sans") {
    Set(text, size, weight, Align::kLeft, width, font);
    int height = 0;
    pango_layout_get_size(layout_, nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
  }
  void Draw(const std::string& text, double x, double y, double size, Weight weight, double width,
            Align align = Align::kLeft, const char* font = "DejaVu Sans") {
    Set(text, size, weight, align, width, font);
    cairo_move_to(cairo_, x, y);
    pango_cairo_show_layout(cairo_, layout_);
  }
  void Paragraph(const std::string& text, double size, Weight weight = Weight::kNormal,
                 Align align = Align::kLeft) {
    const double height = Height(text, size, weight, kWidth);
    Need(height);
    Draw(text, kMargin, y_, size, weight, kWidth, align);
    y_ += height + 4;
  }
  void Rule(double width, double shade) {
    cairo_set_source_rgb(cairo_, shade, shade, shade);
    cairo_set_line_width(cairo_, width);
    cairo_move_to(cairo_, kMargin, y_);
    cairo_line_to(cairo_, kPageWidth - kMargin, y_);
    cairo_stroke(cairo_);
    cairo_set_source_rgb(cairo_, 0, 0, 0);
  }
  void Frame() {
    cairo_set_source_rgb(cairo_, 0.15, 0.3, 0.45);
    for (const auto& [inset, width] : {std::pair(24.0, 2.0), std::pair(30.0, 0.6)}) {
      cairo_set_line_width(cairo_, width);
      cairo_rectangle(cairo_, inset, inset, kPageWidth - 2 * inset, kPageHeight - 2 * inset);
      cairo_stroke(cairo_);
    }
    cairo_set_source_rgb(cairo_, 0, 0, 0);
  }
  void Qr(const QRcode& code, double x, double y, double width) {
    const double step = width / (code.width + 8);  // with the quiet zone of four modules
    cairo_set_source_rgb(cairo_, 0, 0, 0);
    for (int row = 0; row < code.width; ++row) {
      for (int column = 0; column < code.width; ++column) {
        if ((code.data[row * code.width + column] & 1) == 0) continue;
        cairo_rectangle(cairo_, x + (column + 4) * step, y + (row + 4) * step, step, step);
      }
    }
    cairo_fill(cairo_);
  }

 private:
  void Set(const std::string& text, double size, Weight weight, Align align, double width, const char* name) {
    PangoFontDescription* font = pango_font_description_from_string(name);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      weight == Weight::kBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout_, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout_, static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_alignment(layout_, align == Align::kCentre ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    pango_layout_set_wrap(layout_, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout_, text.c_str(), static_cast<int>(text.size()));
  }
  void Foot() {
    cairo_set_source_rgb(cairo_, 0.35, 0.38, 0.42);
    Draw(fmt::format("{}    page {}", footer_, number_), kMargin, kPageHeight - kMargin + 4, 7,
         Weight::kNormal, kWidth);
    cairo_set_source_rgb(cairo_, 0, 0, 0);
  }

  cairo_surface_t* surface_;
  cairo_t* cairo_;
  PangoLayout* layout_;
  std::string footer_;
  double y_ = kMargin;
  int number_ = 1;
};

// Date, what, by whom, how far, how long.
constexpr double kColumns[] = {62, 186, 112, 58, 65};

using Row = std::vector<std::string>;

void DrawRow(const Row& cells, Weight weight, Paper* paper) {
  double height = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    height = std::max(height, paper->Height(cells[i], 8.5, weight, kColumns[i] - 6));
  }
  paper->Need(height + 6);
  double x = kMargin;
  for (size_t i = 0; i < cells.size(); ++i) {
    paper->Draw(cells[i], x, paper->y() + 2, 8.5, weight, kColumns[i] - 6);
    x += kColumns[i];
  }
  paper->set_y(paper->y() + height + 5);
  paper->Rule(0.4, weight == Weight::kBold ? 0.2 : 0.85);
}

std::string Period(const Credential& credential) {
  if (credential.from_date.empty()) return "";
  if (credential.from_date == credential.to_date) return credential.from_date;
  return fmt::format("{} to {}", credential.from_date, credential.to_date);
}

void DrawCode(const Credential& credential, const std::string& code, Paper* paper) {
  std::string plain, spaced;  // for the QR; for eyes and fingers
  for (const char c : code) {
    if (c != '-') plain.push_back(c);
    spaced.push_back(c == '-' ? ' ' : c);
  }
  const std::unique_ptr<QRcode, FreeQr> qr(
      QRcode_encodeString(plain.c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1));  // capitals and digits pack tighter
  const double beside = qr == nullptr ? 0 : kQrWidth + 12;
  const std::string words = fmt::format(
      "This code proves the {}: whoever holds the certificate of {} can check it without a connection, with "
      "`trellis verify CODE`. It covers {}. Compare what it answers with this page.",
      credential.type == CredentialType::kTranscript ? "transcript" : "certificate", credential.district,
      credential.type == CredentialType::kCertificate
          ? "the name, the number, the activity, the days, the time and the day of issue"
      : credential.lines.size() > kMostCodedLines
          ? "the name, the number, the days, the total, the day of issue, and all lines by their fingerprint"
          : "the name, the number, the day and time of every line, the total, the day of issue, and the "
            "words of "
            "the lines by their fingerprint");
  const double width = kWidth - beside;
  const double words_height = paper->Height(words, 7.5, Weight::kNormal, width);
  const double code_height = paper->Height(spaced, kCodeSize, Weight::kNormal, width, "DejaVu Sans Mono");
  paper->Need(std::max(qr == nullptr ? 0 : kQrWidth, words_height + code_height + 8));
  const double top = paper->y();
  if (qr != nullptr) paper->Qr(*qr, kMargin - 6, top, kQrWidth);
  paper->Draw(words, kMargin + beside, top + 4, 7.5, Weight::kNormal, width);
  paper->Draw(spaced, kMargin + beside, top + words_height + 10, kCodeSize, Weight::kNormal, width,
              Align::kLeft, "DejaVu Sans Mono");
  paper->set_y(top + std::max(qr == nullptr ? 0 : kQrWidth, words_height + code_height + 12));
}

void DrawTranscript(const Credential& credential, Paper* paper) {
  paper->Paragraph("Transcript of professional learning", 18, Weight::kBold);
  paper->Paragraph(credential.district, 11);
  paper->set_y(paper->y() + 8);
  paper->Paragraph(fmt::format("{}    No. {}", credential.name, credential.staff_unique_id), 12,
                   Weight::kBold);
  if (const std::string period = Period(credential); !period.empty()) paper->Paragraph(period, kTextSize);
  paper->set_y(paper->y() + 6);
  const Row header = {"Day", "What", "By", "How far", "Time"};
  DrawRow(header, Weight::kBold, paper);
  for (const CredentialLine& line : credential.lines) {
    if (paper->Need(30)) DrawRow(header, Weight::kBold, paper);
    DrawRow({line.date, line.title, line.provider, line.state, DurationText(line.minutes)}, Weight::kNormal,
            paper);
  }
  if (credential.lines.empty()) paper->Paragraph("Nothing in this time.", kTextSize);
  paper->set_y(paper->y() + 6);
  paper->Paragraph(
      fmt::format("{} entries, {} in all", credential.lines.size(), DurationText(credential.total_minutes)),
      11, Weight::kBold);
  paper->Paragraph(
      "Time is as verified; where nobody has verified it, as the person said; else as signed in.", 7.5);
  paper->Paragraph(
      fmt::format("Issued {}    fingerprint of the lines {}", credential.issue_date, credential.fingerprint),
      kTextSize);
}

void DrawCertificate(const Credential& credential, Paper* paper) {
  paper->Frame();
  paper->set_y(120);
  paper->Paragraph(credential.district, 13, Weight::kNormal, Align::kCentre);
  paper->set_y(paper->y() + 26);
  paper->Paragraph("Certificate of participation", 24, Weight::kBold, Align::kCentre);
  paper->set_y(paper->y() + 46);
  paper->Paragraph(credential.name, 22, Weight::kBold, Align::kCentre);
  paper->Paragraph(fmt::format("No. {}", credential.staff_unique_id), 10, Weight::kNormal, Align::kCentre);
  paper->set_y(paper->y() + 26);
  paper->Paragraph("took part in", 12, Weight::kNormal, Align::kCentre);
  paper->set_y(paper->y() + 10);
  paper->Paragraph(credential.activity, 17, Weight::kBold, Align::kCentre);
  paper->set_y(paper->y() + 16);
  std::string when = Period(credential);
  if (!when.empty()) when += ", ";
  paper->Paragraph(when + DurationText(credential.total_minutes), 12, Weight::kNormal, Align::kCentre);
  paper->set_y(paper->y() + 16);
  paper->Paragraph(fmt::format("Issued {}", credential.issue_date), kTextSize, Weight::kNormal,
                   Align::kCentre);
  paper->set_y(kPageHeight - kMargin - 172);
}

}  // namespace

std::string CredentialPdf(const Credential& credential, const std::string& code) {
  std::string pdf;
  {
    const bool transcript = credential.type == CredentialType::kTranscript;
    Paper paper(&pdf, transcript ? fmt::format("{}    {}    {}", credential.name, credential.district,
                                               credential.issue_date)
                                 : credential.district);
    transcript ? DrawTranscript(credential, &paper) : DrawCertificate(credential, &paper);
    paper.set_y(paper.y() + 12);
    if (!code.empty()) {
      DrawCode(credential, code, &paper);
    } else {
      paper.Paragraph(
          "Not signed: made at a site from the records it holds. The district issues it with a code that "
          "can be checked.",
          kTextSize, Weight::kBold);
    }
  }
  return pdf;
}

}  // namespace trellis
