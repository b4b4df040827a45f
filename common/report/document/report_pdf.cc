#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/document/plot.h"
#include "common/report/document/report_document.h"
#include "common/report/report_layout.h"

namespace trellis {
namespace {

// Points of 1/72 inch.
constexpr double kPageWidth = 842;
constexpr double kPageHeight = 595;
constexpr double kMargin = 40;
constexpr double kColumnGap = 10;
constexpr double kWidestColumn = 210;
constexpr double kTextSize = 8.5;

cairo_status_t Append(void* to, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

class Page {
 public:
  explicit Page(std::string* out)
      : surface_(cairo_pdf_surface_create_for_stream(Append, out, kPageWidth, kPageHeight)),
        cairo_(cairo_create(surface_)),
        layout_(pango_cairo_create_layout(cairo_)) {}
  ~Page() {
    Foot();
    g_object_unref(layout_);
    cairo_destroy(cairo_);
    cairo_surface_finish(surface_);
    cairo_surface_destroy(surface_);
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  double room() const { return kPageHeight - kMargin - 14 - y_; }
  void Skip(double height) { y_ += height; }
  void Need(double height) {
    if (room() >= height || y_ <= kMargin) return;
    Foot();
    cairo_show_page(cairo_);
    ++number_;
    y_ = kMargin;
  }

  // Width and height the text would take; wrapped at `width` if that is above 0.
  std::pair<double, double> Measure(const std::string& text, double size, bool bold, double width) {
    Set(text, size, bold, width);
    int w = 0, h = 0;
    pango_layout_get_size(layout_, &w, &h);
    return {static_cast<double>(w) / PANGO_SCALE, static_cast<double>(h) / PANGO_SCALE};
  }
  void Draw(const std::string& text, double x, double y, double size, bool bold, double width) {
    Set(text, size, bold, width);
    cairo_move_to(cairo_, x, y);
    pango_cairo_show_layout(cairo_, layout_);
  }
  void Paragraph(const std::string& text, double size, bool bold = false) {
    const double width = kPageWidth - 2 * kMargin;
    const double height = Measure(text, size, bold, width).second;
    Need(height);
    Draw(text, kMargin, y_, size, bold, width);
    y_ += height + 2;
  }
  void Colour(double red, double green, double blue) { cairo_set_source_rgb(cairo_, red, green, blue); }
  void Line(double x1, double y1, double x2, double y2, double width) {
    cairo_set_line_width(cairo_, width);
    cairo_move_to(cairo_, x1, y1);
    cairo_line_to(cairo_, x2, y2);
    cairo_stroke(cairo_);
  }
  void Box(double x, double y, double width, double height) {
    cairo_rectangle(cairo_, x, y, width, height);
    cairo_fill(cairo_);
  }
  void Dot(double x, double y) {
    cairo_new_sub_path(cairo_);
    cairo_arc(cairo_, x, y, 2.6, 0, 6.2832);
    cairo_fill(cairo_);
  }
  double y() const { return y_; }
  void set_footer(std::string footer) { footer_ = std::move(footer); }

 private:
  void Set(const std::string& text, double size, bool bold, double width) {
    PangoFontDescription* font = pango_font_description_from_string("DejaVu Sans");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout_, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout_, width > 0 ? static_cast<int>(width * PANGO_SCALE) : -1);
    pango_layout_set_wrap(layout_, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout_, text.c_str(), static_cast<int>(text.size()));
  }
  void Foot() {
    Colour(0.35, 0.38, 0.42);
    Draw(fmt::format("{}    page {}", footer_, number_), kMargin, kPageHeight - kMargin, 7, false, 0);
    Colour(0, 0, 0);
  }

  cairo_surface_t* surface_;
  cairo_t* cairo_;
  PangoLayout* layout_;
  double y_ = kMargin;
  int number_ = 1;
  std::string footer_;
};

using Lines = std::vector<std::vector<std::string>>;

std::vector<double> ColumnWidths(const Lines& lines, Page* page) {
  std::vector<double> widths(lines[0].size());
  for (size_t l = 0; l < lines.size(); ++l) {
    for (size_t i = 0; i < lines[l].size(); ++i) {
      widths[i] = std::max(widths[i], page->Measure(lines[l][i], kTextSize, l == 0, 0).first);
    }
  }
  for (double& width : widths) width = std::min(width, kWidestColumn) + kColumnGap;
  return widths;
}

void DrawLine(const std::vector<std::string>& line, const std::vector<double>& widths, size_t begin,
              size_t end, bool heading, Page* page) {
  double height = 0;
  for (size_t i = begin; i < end; ++i) {
    height = std::max(height, page->Measure(line[i], kTextSize, heading, widths[i] - kColumnGap + 1).second);
  }
  page->Need(height + 4);
  double x = kMargin;
  for (size_t i = begin; i < end; ++i) {
    if (heading) {
      page->Colour(0.93, 0.95, 0.97);
      page->Box(x - 3, page->y() - 1, widths[i], height + 3);
    }
    IsHiddenMark(line[i]) ? page->Colour(0.43, 0.29, 0) : page->Colour(0, 0, 0);
    page->Draw(line[i], x, page->y(), kTextSize, heading, widths[i] - kColumnGap + 1);
    x += widths[i];
  }
  page->Colour(0.85, 0.87, 0.89);
  page->Line(kMargin - 3, page->y() + height + 2, x - 3, page->y() + height + 2, 0.5);
  page->Colour(0, 0, 0);
  page->Skip(height + 4);
}

// Columns that do not fit beside each other go on below, with the first again.
void DrawTable(const Lines& lines, Page* page) {
  const std::vector<double> widths = ColumnWidths(lines, page);
  size_t begin = 0;
  while (begin < widths.size()) {
    double room = kPageWidth - 2 * kMargin;
    size_t end = begin;
    while (end < widths.size() && (end == begin || widths[end] <= room)) room -= widths[end++];
    Lines part = lines;
    std::vector<double> of_part(widths);
    if (begin > 0 && widths[0] <= room) {
      for (auto& line : part) line.insert(line.begin() + static_cast<ptrdiff_t>(begin), line[0]);
      of_part.insert(of_part.begin() + static_cast<ptrdiff_t>(begin), widths[0]);
      ++end;
    }
    page->Need(40);
    for (size_t l = 0; l < part.size(); ++l) DrawLine(part[l], of_part, begin, end, l == 0, page);
    begin = begin > 0 && of_part.size() > widths.size() ? end - 1 : end;
    page->Skip(6);
  }
}

void DrawPlot(const Plot& plot, Page* page) {
  constexpr double kLabels = 230, kWidth = 380, kStep = 13;
  page->Need(kStep * static_cast<double>(std::min<size_t>(plot.points.size(), 30)) + 34);
  page->Draw(plot.title, kMargin, page->y(), kTextSize, true, 0);
  page->Skip(14);
  const auto x_of = [&](double value) {
    return kMargin + kLabels + kWidth * (value - plot.from) / (plot.to - plot.from);
  };
  for (const PlotPoint& point : plot.points) {
    page->Need(kStep);
    const double middle = page->y() + kStep / 2;
    page->Colour(0.88, 0.9, 0.92);
    for (double tick = plot.from; tick <= plot.to + plot.step / 2; tick += plot.step) {
      page->Line(x_of(tick), page->y(), x_of(tick), page->y() + kStep, 0.5);
    }
    page->Colour(0, 0, 0);
    std::string label = point.label;
    while (label.size() > 4 && page->Measure(label, 7.5, false, 0).first > kLabels - 10) {
      do {
        label.pop_back();
      } while (!label.empty() && (static_cast<unsigned char>(label.back()) & 0x80) != 0);
    }
    page->Draw(label, kMargin, page->y() + 1, 7.5, false, 0);
    page->Colour(0.04, 0.36, 0.68);
    page->Line(x_of(point.low), middle, x_of(point.high), middle, 1.2);
    page->Dot(x_of(point.value), middle);
    page->Skip(kStep);
  }
  page->Colour(0.35, 0.38, 0.42);
  for (double tick = plot.from; tick <= plot.to + plot.step / 2; tick += plot.step) {
    page->Draw(TickText(tick, plot), x_of(tick) - 10, page->y() + 1, 7, false, 0);
  }
  page->Colour(0, 0, 0);
  page->Skip(20);
}

void DrawHead(const Report& report, Page* page) {
  std::vector<std::string> parameters;
  for (const auto& [name, value] : report.parameters) {
    parameters.push_back(fmt::format("{} {}", name, value));
  }
  page->Paragraph(fmt::format("{} ({})", report.title, report.number), 16, true);
  if (!parameters.empty()) page->Paragraph(fmt::format("Of: {}", fmt::join(parameters, ", ")), kTextSize);
  for (const std::string& line : {CutText(report.cut), PendingText(report)}) {
    if (!line.empty()) page->Paragraph(line, kTextSize);
  }
  page->Skip(8);
}

void DrawFoot(const Report& report, Page* page) {
  if (HidesSomething(report)) page->Paragraph(kLegend, kTextSize);
  for (const std::string& note : report.notes) page->Paragraph(note, kTextSize);
  if (!report.estimator.empty()) page->Paragraph("Computed as: " + report.estimator, kTextSize);
  std::vector<std::string> thresholds;
  for (const auto& [name, value] : report.thresholds) thresholds.push_back(fmt::format("{} {}", name, value));
  if (!thresholds.empty()) {
    page->Paragraph(fmt::format("Thresholds: {}", fmt::join(thresholds, ", ")), kTextSize);
  }
}

}  // namespace

std::string ReportPdf(const Report& report) {
  std::string pdf;
  {
    Page page(&pdf);
    page.set_footer(fmt::format("{}{}",
                                report.generated_at_ms ? FormatMoment(*report.generated_at_ms) + "    " : "",
                                "digest " + ReportDigest(report)));
    DrawHead(report, &page);
    std::string section;
    for (const ReportBlock& block : LayOut(report)) {
      if (block.section != section) {
        section = block.section;
        page.Need(60);
        page.Paragraph(section, 12, true);
      }
      DrawTable(block.lines, &page);
      for (const Plot& plot : PlotsOf(block)) DrawPlot(plot, &page);
    }
    if (report.rows.empty()) page.Paragraph("Nothing to show.", kTextSize);
    DrawFoot(report, &page);
  }
  return pdf;
}

}  // namespace trellis
