#include "client/agent/resend_meter.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

Frame FrameOf(uint64_t prev, uint64_t hi, size_t bytes) {
  Frame frame;
  frame.scope = "S1";
  frame.epoch = 7;
  frame.prev = prev;
  frame.hi = hi;
  frame.body = std::string(bytes, 'x');
  return frame;
}

Ack AckOf(uint64_t cursor) {
  Ack ack;
  ack.scope = "S1";
  ack.epoch = 7;
  ack.cursor = cursor;
  return ack;
}

TEST(ResendMeterTest, WhatAnEarlierConnectionSent_CountsWhenSentAgain) {
  ResendMeter meter;
  meter.BeginConnection();
  meter.OnReceived(Welcome());
  meter.OnSent(FrameOf(0, 10, 1'000));
  meter.OnSent(FrameOf(10, 20, 1'000));
  meter.OnReceived(AckOf(10));
  EXPECT_EQ(meter.resent_bytes(), 0u);
  meter.BeginConnection();
  meter.OnReceived(Welcome());
  meter.OnSent(FrameOf(10, 40, 3'000));  // a third of it was sent before
  EXPECT_EQ(meter.resent_bytes(), 1'000u);
  meter.OnSent(FrameOf(40, 50, 1'000));
  EXPECT_EQ(meter.resent_bytes(), 1'000u);
}

TEST(ResendMeterTest, SentAgainWithinAConnection_IsNoCutsDoing) {
  ResendMeter meter;
  meter.BeginConnection();
  meter.OnReceived(Welcome());
  meter.OnSent(FrameOf(0, 10, 1'000));
  meter.OnSent(FrameOf(0, 10, 1'000));
  EXPECT_EQ(meter.resent_bytes(), 0u);
}

TEST(ResendMeterTest, RefillOfAServerThatWentBack_IsNoCutsDoing) {
  ResendMeter meter;
  meter.BeginConnection();
  meter.OnReceived(Welcome());
  meter.OnSent(FrameOf(0, 10, 1'000));
  meter.OnReceived(AckOf(10));
  meter.BeginConnection();
  meter.OnReceived(Welcome());
  meter.OnSent(FrameOf(0, 10, 1'000));
  EXPECT_EQ(meter.resent_bytes(), 0u);
}

TEST(ResendMeterTest, WrongGuessBeforeTheWelcome_Counts) {
  ResendMeter meter;
  meter.BeginConnection();
  meter.OnReceived(Welcome());
  meter.OnSent(FrameOf(0, 10, 1'000));
  meter.OnReceived(AckOf(10));
  meter.BeginConnection();
  meter.OnSent(FrameOf(0, 10, 1'000));
  EXPECT_EQ(meter.resent_bytes(), 1'000u);
}

}  // namespace
}  // namespace trellis
