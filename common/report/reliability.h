// How well the items of a scale hang together, from their covariances.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/report/means.h"

namespace trellis {

struct Reliability {
  double alpha = 0;                   // of the covariances
  double alpha_standardized = 0;      // of the correlations
  std::optional<Interval> feldt;      // of alpha
  std::optional<double> omega;        // total, one factor; nullopt with fewer than three items
  std::vector<double> alpha_without;  // by item; empty with two items
  std::vector<double> item_rest;      // correlation of each item with the sum of the others
};

// Cronbach's alpha k/(k−1)·(1 − Σσᵢ²/σ²) (Cronbach 1951), its interval 1 − (1−α)·F(n−1, (n−1)(k−1)) (Feldt
// 1965; Feldt, Woodruff and Salih 1987), McDonald's omega total 1 − Σuᵢ²/Σr with one factor by minimum
// residuals of the correlations (McDonald 1999; Harman and Jones 1966). nullopt with fewer than two items,
// with an item that does not vary, or n < 2.
std::optional<Reliability> ReliabilityOf(const Eigen::MatrixXd& covariances, int64_t n, double confidence);

// Loadings of one factor that minimise the squared residuals off the diagonal; nullopt if it does not settle.
std::optional<Eigen::VectorXd> OneFactor(const Eigen::MatrixXd& correlations);

}  // namespace trellis
