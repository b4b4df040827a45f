#include "common/report/reliability.h"

#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>

namespace trellis {
namespace {

double Alpha(const Eigen::MatrixXd& covariances) {
  const auto k = static_cast<double>(covariances.rows());
  return k / (k - 1) * (1 - covariances.trace() / covariances.sum());
}

Eigen::MatrixXd Without(const Eigen::MatrixXd& matrix, Eigen::Index item) {
  Eigen::MatrixXd rest(matrix.rows() - 1, matrix.cols() - 1);
  for (Eigen::Index a = 0, to_a = 0; a < matrix.rows(); ++a) {
    if (a == item) continue;
    for (Eigen::Index b = 0, to_b = 0; b < matrix.cols(); ++b) {
      if (b != item) rest(to_a, to_b++) = matrix(a, b);
    }
    ++to_a;
  }
  return rest;
}

std::optional<Interval> FeldtInterval(double alpha, int64_t n, Eigen::Index items, double confidence) {
  if (n < 2) return std::nullopt;
  const double persons = static_cast<double>(n - 1);
  const boost::math::fisher_f f(persons, persons * static_cast<double>(items - 1));
  const double tail = (1 - confidence) / 2;
  return Interval{1 - (1 - alpha) * quantile(f, 1 - tail), 1 - (1 - alpha) * quantile(f, tail)};
}

std::optional<double> OmegaTotal(const Eigen::MatrixXd& correlations) {
  if (correlations.rows() < 3) return std::nullopt;
  const auto loadings = OneFactor(correlations);
  if (!loadings) return std::nullopt;
  // Items that load negatively are turned, as the factor would have them.
  const Eigen::VectorXd sign = loadings->unaryExpr([](double l) { return l < 0 ? -1.0 : 1.0; });
  const double total = sign.dot(correlations * sign);
  const double unique = static_cast<double>(correlations.rows()) - loadings->squaredNorm();
  if (!(total > 0)) return std::nullopt;
  return 1 - unique / total;
}

}  // namespace

std::optional<Eigen::VectorXd> OneFactor(const Eigen::MatrixXd& correlations) {
  constexpr int kMostRounds = 100'000;
  constexpr double kSettled = 1e-13;
  const Eigen::Index items = correlations.rows();
  Eigen::VectorXd loadings = Eigen::VectorXd::Constant(items, 0.5);
  for (int round = 0; round < kMostRounds; ++round) {
    double moved = 0;
    for (Eigen::Index i = 0; i < items; ++i) {
      // The best loading of one item, the others held, is a regression on theirs.
      const double others = loadings.squaredNorm() - loadings[i] * loadings[i];
      if (!(others > 0)) return std::nullopt;
      const double best = (correlations.col(i).dot(loadings) - correlations(i, i) * loadings[i]) / others;
      moved = std::max(moved, std::fabs(best - loadings[i]));
      loadings[i] = best;
    }
    if (moved < kSettled) return loadings;
  }
  return std::nullopt;
}

std::optional<Reliability> ReliabilityOf(const Eigen::MatrixXd& covariances, int64_t n, double confidence) {
  const Eigen::Index items = covariances.rows();
  if (items < 2 || n < 2 || !(covariances.diagonal().minCoeff() > 0) || !(covariances.sum() > 0)) {
    return std::nullopt;
  }
  Reliability found;
  const Eigen::VectorXd sd = covariances.diagonal().cwiseSqrt();
  const Eigen::MatrixXd correlations = covariances.cwiseQuotient(sd * sd.transpose());
  found.alpha = Alpha(covariances);
  found.alpha_standardized = Alpha(correlations);
  found.feldt = FeldtInterval(found.alpha, n, items, confidence);
  found.omega = OmegaTotal(correlations);
  for (Eigen::Index i = 0; i < items; ++i) {
    if (items > 2) found.alpha_without.push_back(Alpha(Without(covariances, i)));
    const double with_rest = covariances.col(i).sum() - covariances(i, i);
    const double rest = covariances.sum() - 2 * with_rest - covariances(i, i);
    found.item_rest.push_back(rest > 0 ? with_rest / std::sqrt(covariances(i, i) * rest) : 0);
  }
  return found;
}

}  // namespace trellis
