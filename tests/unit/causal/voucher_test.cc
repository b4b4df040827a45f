#include "common/causal/voucher.h"

#include <gtest/gtest.h>

#include <string>

namespace trellis {
namespace {

constexpr char kScope[] = "F1";
constexpr Writer kServer = 7;
constexpr Writer kSite = 9;

VoucherKey Key(uint8_t first) {
  VoucherKey key{};
  key[0] = first;
  return key;
}

Sibling Value(Writer writer, uint64_t n, const std::string& bytes) {
  return {{writer, n}, {1000, 0}, {1000, 0}, "ann", bytes};
}

// Two fields by one write of the server.
RecordState State() {
  RecordState state;
  state.kind = "K";
  state.context = Context({kServer, 3});
  state.cells = {{{1, ""}, {Value(kServer, 3, "one")}}, {{2, ""}, {Value(kServer, 3, "two")}}};
  return state;
}

bool Sound(const RecordState& state, const Voucher& voucher, const VoucherKey& key = Key(1),
           const std::string& scope = kScope) {
  return IsSound(key, scope, RecordId(), state.kind, state.cells, voucher);
}

TEST(Voucher, ProvesTheStateItWasMadeFor) {
  EXPECT_TRUE(Sound(State(), VouchFor(Key(1), kScope, RecordId(), State())));
}

TEST(Voucher, OfAnotherKeyScopeRecordOrKind_ProvesNothing) {
  const Voucher voucher = VouchFor(Key(1), kScope, RecordId(), State());
  EXPECT_FALSE(Sound(State(), voucher, Key(2)));
  EXPECT_FALSE(Sound(State(), voucher, Key(1), "F10"));
  RecordId other;
  other.bytes[0] = 1;
  EXPECT_FALSE(IsSound(Key(1), kScope, other, "K", State().cells, voucher));
  EXPECT_FALSE(IsSound(Key(1), kScope, RecordId(), "L", State().cells, voucher));
}

TEST(Voucher, AnyChange_IsSeen) {
  const Voucher voucher = VouchFor(Key(1), kScope, RecordId(), State());
  const auto changed = [&](auto change) {
    RecordState state = State();
    change(&state.cells[0].siblings[0]);
    return Sound(state, voucher);
  };
  EXPECT_FALSE(changed([](Sibling* s) { s->bytes = "forged"; }));
  EXPECT_FALSE(changed([](Sibling* s) { s->actor = "district/superintendent"; }));
  EXPECT_FALSE(changed([](Sibling* s) { s->raw.ms += 1; }));
  EXPECT_FALSE(changed([](Sibling* s) { s->dot.n = 2; }));
  EXPECT_TRUE(changed([](Sibling* s) { s->effective.ms -= 1; })) << "effective stamps sink on their own";
  Voucher longer = voucher;
  longer.context.Raise({kServer, 4});
  EXPECT_FALSE(Sound(State(), longer)) << "a context naming writes never made";
}

TEST(Voucher, GoesOnProvingWhatIsLeft) {
  const RecordState before = State();
  RecordState after = before;
  after.context.Raise({kSite, 1});
  after.cells[0].siblings = {Value(kSite, 1, "mine")};
  const Voucher carried = Carried(VouchFor(Key(1), kScope, RecordId(), before), before.cells, after.cells);
  EXPECT_EQ(carried.gone.size(), 1u);
  EXPECT_TRUE(Sound(after, carried));
  RecordState emptied = after;
  emptied.cells.erase(emptied.cells.begin() + 1);
  EXPECT_TRUE(Sound(emptied, Carried(carried, after.cells, emptied.cells)));
  after.cells[1].siblings[0].bytes = "forged";
  EXPECT_FALSE(Sound(after, carried));
}

TEST(Voucher, Joined_TheOneThatCoversStays) {
  const Voucher old{Context({kServer, 3}), {}, {}};
  const Voucher later{Context({kServer, 5}), {}, {}};
  const Voucher apart{Context({8, 1}), {}, {}};
  EXPECT_EQ(JoinVouchers({old}, {later}), (std::vector<Voucher>{later}));
  EXPECT_EQ(JoinVouchers({later}, {old}), (std::vector<Voucher>{later}));
  EXPECT_EQ(JoinVouchers({old}, {apart}), (std::vector<Voucher>{old, apart}));
  std::vector<Voucher> many;
  for (Writer writer = 1; writer <= 6; ++writer) many = JoinVouchers(many, {{Context({writer, 1}), {}, {}}});
  EXPECT_EQ(many.size(), kMostVouchers);
}

}  // namespace
}  // namespace trellis
