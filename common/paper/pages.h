// Pages of a PDF, written from top to bottom.
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include <string>

namespace trellis {

// A4, in points of 1/72 inch, which also fits on Letter with smaller margins. Not thread-safe.
class Pages {
 public:
  static constexpr double kWidth = 595;
  static constexpr double kHeight = 842;
  static constexpr double kMargin = 48;
  static constexpr double kRoom = kWidth - 2 * kMargin;

  struct Style {
    double size = 10;
    bool bold = false;
    bool grey = false;
    bool centred = false;
  };

  explicit Pages(std::string footer);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  double y() const { return y_; }
  void Skip(double height) { y_ += height; }
  // A fresh page if less than `height` is left on this one.
  void Need(double height);
  void NextPage();

  // Height of the text wrapped at `width`.
  double Height(const std::string& text, const Style& style, double width);
  double Width(const std::string& text, const Style& style);
  // At a place of the page; wrapped at `width`. Text that runs from right to left is set against the right.
  void Draw(const std::string& text, const Style& style, double x, double y, double width);
  // Over the whole width, and on.
  void Paragraph(const std::string& text, const Style& style);

  void Circle(double x, double y, double radius);
  void Square(double x, double y, double side);
  void Line(double x1, double y1, double x2, double y2);
  // A QR code of the text, `side` wide; error correction M.
  void Qr(const std::string& text, double x, double y, double side);

  // Ends the document.
  std::string Finish();

 private:
  void Set(const std::string& text, const Style& style, double width);
  void Foot();

  std::string bytes_;
  std::string footer_;
  cairo_surface_t* surface_;
  cairo_t* cairo_;
  PangoLayout* layout_;
  double y_ = kMargin;
  int number_ = 1;
};

}  // namespace trellis
