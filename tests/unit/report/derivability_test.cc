#include "common/report/derivability.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(Derivability_, OneUnknownInAnEquationIsDetermined) {
  const Derivation derivation = FindDerivable({{{{0, 1}, {1, 1}}}, {{{2, 1}}}}, 3);
  EXPECT_EQ(derivation.found, Derivability::kSome);
  EXPECT_EQ(derivation.cell, 2u);
}

TEST(Derivability_, ASquareKeepsItsSecret) {
  const std::vector<LinearEquation> square{
      {{{0, 1}, {1, 1}}}, {{{2, 1}, {3, 1}}}, {{{0, 1}, {2, 1}}}, {{{1, 1}, {3, 1}}}};
  EXPECT_EQ(FindDerivable(square, 4).found, Derivability::kNone);
}

TEST(Derivability_, WhatJoinsTwoSquaresIsDetermined) {
  // Rows r0 r1 | r2 r3, columns likewise; unknown 8 stands in row 0 and column 2.
  const std::vector<LinearEquation> equations{
      {{{0, 1}, {1, 1}, {8, 1}}}, {{{2, 1}, {3, 1}}}, {{{4, 1}, {5, 1}}},         {{{6, 1}, {7, 1}}},
      {{{0, 1}, {2, 1}}},         {{{1, 1}, {3, 1}}}, {{{4, 1}, {6, 1}, {8, 1}}}, {{{5, 1}, {7, 1}}}};
  const Derivation derivation = FindDerivable(equations, 9);
  EXPECT_EQ(derivation.found, Derivability::kSome);
  EXPECT_EQ(derivation.cell, 8u);
}

// x+y, y+z and z+x give each: no table of two attributes, so signs cannot be made opposite.
TEST(Derivability_, AnOddCircleIsDetermined) {
  const std::vector<LinearEquation> circle{{{{0, 1}, {1, 1}}}, {{{1, 1}, {2, 1}}}, {{{2, 1}, {0, 1}}}};
  EXPECT_EQ(FindDerivable(circle, 3).found, Derivability::kSome);
}

TEST(Derivability_, UnknownsInThreeEquationsAreEliminated) {
  const std::vector<LinearEquation> equations{
      {{{0, 1}, {1, 1}}}, {{{0, 1}, {1, 1}, {2, 1}}}, {{{0, 1}, {3, -1}}}};
  const Derivation derivation = FindDerivable(equations, 4);
  EXPECT_EQ(derivation.found, Derivability::kSome);
  EXPECT_EQ(derivation.cell, 2u);
}

TEST(Derivability_, ATooLargeSystemIsNotJudged) {
  std::vector<LinearEquation> equations(3);
  for (size_t cell = 0; cell <= kMaxDense; ++cell) {
    for (LinearEquation& equation : equations) equation.terms.emplace_back(cell, 1);
  }
  EXPECT_EQ(FindDerivable(equations, kMaxDense + 1).found, Derivability::kUndecided);
}

}  // namespace
}  // namespace trellis
