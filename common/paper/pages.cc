#include "common/paper/pages.h"

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <utility>

namespace trellis {
namespace {

// What no letter reaches into: printers cut there.
constexpr double kFootSize = 7.5;

cairo_status_t Append(void* to, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Pages::Pages(std::string footer)
    : footer_(std::move(footer)),
      surface_(cairo_pdf_surface_create_for_stream(Append, &bytes_, kWidth, kHeight)),
      cairo_(cairo_create(surface_)),
      layout_(pango_cairo_create_layout(cairo_)) {}

Pages::~Pages() {
  g_object_unref(layout_);
  cairo_destroy(cairo_);
  cairo_surface_destroy(surface_);
}

std::string Pages::Finish() {
  Foot();
  cairo_surface_finish(surface_);
  return std::move(bytes_);
}

void Pages::Need(double height) {
  if (y_ + height > kHeight - kMargin - 2 * kFootSize && y_ > kMargin) NextPage();
}

void Pages::NextPage() {
  Foot();
  cairo_show_page(cairo_);
  ++number_;
  y_ = kMargin;
}

void Pages::Foot() {
  if (footer_.empty()) return;
  const Style style{.size = kFootSize, .grey = true};
  Draw(fmt::format("{}   {}", footer_, number_), style, kMargin, kHeight - kMargin, kRoom);
}

void Pages::Set(const std::string& text, const Style& style, double width) {
  PangoFontDescription* font = pango_font_description_from_string("DejaVu Sans");
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout_, font);
  pango_font_description_free(font);
  pango_layout_set_alignment(layout_, style.centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
  pango_layout_set_width(layout_, width > 0 ? static_cast<int>(width * PANGO_SCALE) : -1);
  pango_layout_set_wrap(layout_, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text(layout_, text.c_str(), static_cast<int>(text.size()));
}

double Pages::Height(const std::string& text, const Style& style, double width) {
  if (text.empty()) return 0;
  Set(text, style, width);
  int height = 0;
  pango_layout_get_size(layout_, nullptr, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

double Pages::Width(const std::string& text, const Style& style) {
  Set(text, style, 0);
  int width = 0;
  pango_layout_get_size(layout_, &width, nullptr);
  return static_cast<double>(width) / PANGO_SCALE;
}

void Pages::Draw(const std::string& text, const Style& style, double x, double y, double width) {
  if (text.empty()) return;
  Set(text, style, width);
  const double shade = style.grey ? 0.4 : 0;
  cairo_set_source_rgb(cairo_, shade, shade, shade);
  cairo_move_to(cairo_, x, y);
  pango_cairo_show_layout(cairo_, layout_);
  cairo_set_source_rgb(cairo_, 0, 0, 0);
}

void Pages::Paragraph(const std::string& text, const Style& style) {
  if (text.empty()) return;
  const double height = Height(text, style, kRoom);
  Need(height);
  Draw(text, style, kMargin, y_, kRoom);
  y_ += height + style.size * 0.4;
}

void Pages::Circle(double x, double y, double radius) {
  cairo_set_line_width(cairo_, 0.8);
  cairo_new_sub_path(cairo_);
  cairo_arc(cairo_, x, y, radius, 0, 6.2832);
  cairo_stroke(cairo_);
}

void Pages::Square(double x, double y, double side) {
  cairo_set_line_width(cairo_, 0.8);
  cairo_rectangle(cairo_, x, y, side, side);
  cairo_stroke(cairo_);
}

void Pages::Line(double x1, double y1, double x2, double y2) {
  cairo_set_line_width(cairo_, 0.5);
  cairo_move_to(cairo_, x1, y1);
  cairo_line_to(cairo_, x2, y2);
  cairo_stroke(cairo_);
}

void Pages::Qr(const std::string& text, double x, double y, double side) {
  QRcode* code = QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M);
  if (code == nullptr) return;  // longer than any QR code holds: the text stands beside it
  const double dot = side / code->width;
  for (int row = 0; row < code->width; ++row) {
    for (int column = 0; column < code->width; ++column) {
      if ((code->data[row * code->width + column] & 1) == 0) continue;
      cairo_rectangle(cairo_, x + column * dot, y + row * dot, dot, dot);
    }
  }
  cairo_fill(cairo_);
  QRcode_free(code);
}

}  // namespace trellis
