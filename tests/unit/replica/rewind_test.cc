// Stores restored by copying files, and what they must not lose.
#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

TEST(Rewind, RestoredHub_IsRefilledByTheSite) {
  TestStore hub(1, "hub");
  TestStore site(2, "site");
  ASSERT_TRUE(site.Create(IdOf(1), 1, "early").ok());
  SendAll(site, &hub);
  const auto image = hub.engine().TakeImage();
  ASSERT_TRUE(site.Create(IdOf(2), 1, "late").ok());
  ASSERT_TRUE(site.Update(IdOf(1), 1, "edited").ok());
  SendAll(site, &hub);
  SendAll(hub, &site);
  hub.Restore(image);
  SendAll(site, &hub);
  EXPECT_EQ(hub->Head(kScope)->digest, site->Head(kScope)->digest);
}

TEST(Rewind, RestoredHub_GetsBackFromANeighbourWhatItsAuthorLost) {
  TestStore hub(1, "hub");
  TestStore author(2, "author");
  TestStore neighbour(3, "neighbour");
  const auto empty_hub = hub.engine().TakeImage();
  const auto empty_author = author.engine().TakeImage();
  ASSERT_TRUE(author.Create(IdOf(1), 1, "x").ok());
  SendAll(author, &hub);
  SendAll(hub, &neighbour);
  hub.Restore(empty_hub);
  author.Restore(empty_author);
  EXPECT_EQ(SendAll(neighbour, &hub), 1u);
}

TEST(Rewind, Clones_BothWorkAndNothingIsLost) {
  TestStore hub(1, "hub");
  TestStore site(2, "site");
  TestStore clone(3, "clone");
  ASSERT_TRUE(site.Create(IdOf(1), 1, "x").ok());
  clone.Restore(site.engine().TakeImage());
  ASSERT_TRUE(site.Update(IdOf(1), 1, "by site").ok());
  ASSERT_TRUE(clone.Update(IdOf(1), 1, "by clone").ok());
  ASSERT_TRUE(clone.Create(IdOf(2), 1, "only at the clone").ok());
  SendAll(site, &hub);
  SendAll(clone, &hub);
  EXPECT_EQ(hub.Values(IdOf(1), 1).size(), 2u);
  EXPECT_EQ(hub->Head(kScope)->records, 2u);
}

// The sender is rewound below the snapshot a partial transfer was built from: the record stands again at a
// place the cursor has passed, though in the lost timeline it had moved to a lane that never arrived.
TEST(Rewind, BelowThePartialTransfer_LosesNoRecord) {
  TestStore sender(1, "sender");
  TestStore receiver(2, "receiver");
  RecordWrite create;
  create.kind = kKind;
  create.id = IdOf(1);
  create.lane = Lane::kResponses;
  create.cells.push_back({{1, ""}, TextField(1, "x")});
  ASSERT_TRUE(sender.Write(create).ok());
  const auto image = sender.engine().TakeImage();
  ASSERT_TRUE(sender.Update(IdOf(1), 1, "y").ok());  // moves to the lane of edits
  ASSERT_TRUE(receiver->BeginScope(kScope).ok());
  FrameRequest request;
  request.scope = kScope;
  request.lane = Lane::kResponses;
  ApplyOptions options;
  options.peer = "sender";
  ASSERT_EQ(receiver->ApplyFrame(*sender->BuildFrame(request), options)->cursor, 2u);
  sender.Restore(image);
  EXPECT_EQ(SendAll(sender, &receiver), 1u);
}

TEST(Rewind, EveryOpening_HasItsOwnEpochAndWriter) {
  TestStore store(1);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  const auto image = store.engine().TakeImage();
  const Epoch first = store->epoch();
  store.Open();
  const Epoch second = store->epoch();
  store.Restore(image);
  EXPECT_NE(first, second);
  EXPECT_NE(second, store->epoch());
  ASSERT_TRUE(store.Create(IdOf(2), 1, "y").ok());
  const Lineage lineage = store->Head(kScope)->lineage;
  ASSERT_EQ(lineage.rows().size(), 2u);  // the second opening neither wrote nor met a peer
  EXPECT_EQ(lineage.rows()[0], (LineageRow{first, 1}));
  EXPECT_EQ(lineage.rows()[1], (LineageRow{store->epoch(), 2}));
  EXPECT_EQ(store.Get(IdOf(2)).state.context, Context({store->epoch(), 1}));
}

TEST(Rewind, Rescue_VoidsCursorsAndRebuildsWhatFollowsFromTheRecords) {
  TestStore a(1, "a");
  TestStore b(2, "b");
  for (uint8_t i = 1; i <= 5; ++i) ASSERT_TRUE(a.Create(IdOf(i), 1, "x").ok());
  SendAll(a, &b);
  ASSERT_FALSE(b->Cursors("a", kScope)->empty());
  const Hash128 digest = b->Head(kScope)->digest;
  // What is derived is lost, as after damage.
  WriteBatch damage;
  for (const char table : {'f', 'd', 'k', 'c'}) {
    ASSERT_TRUE(b.engine()
                    .Snapshot()
                    ->Scan(std::string(1, table), std::string(1, static_cast<char>(table + 1)), false,
                           [&](std::string_view key, std::string_view) {
                             damage.Delete(std::string(key));
                             return true;
                           })
                    .ok());
  }
  ASSERT_TRUE(b.engine().Commit(damage, Durability::kSynced).ok());
  b.Open(/*rescue=*/true);
  EXPECT_TRUE(b->Cursors("a", kScope)->empty());
  EXPECT_EQ(b->Head(kScope)->digest, digest);
  ExpectDerivedEqualsRecords(b);
  int found = 0;
  ASSERT_TRUE(b->ScanKind(kScope, kKind, RecordId(), false, [&](const RecordId&, const StoredRecord&) {
                 ++found;
                 return true;
               }).ok());
  EXPECT_EQ(found, 5);
}

}  // namespace
}  // namespace trellis
