"""Who and what stories are about: nouns per character kind, per prop kind, per place; names.

Knows English nouns. Does not know sentences. The first words of a kind are the ones that the vocabulary also knows.
"""

from __future__ import annotations

CHARACTER_NOUNS: dict[str, str] = {
    "man": """
        man, knight, king, prince, soldier, wizard, farmer, fisherman, sailor, chef, doctor, detective, thief, guard, monk, samurai,
        father, uncle, stranger, teacher, driver, painter, fireman, butcher, lumberjack, pirate, cowboy, pilot, astronaut, carpenter,
        blacksmith, waiter, postman, gardener, clown, magician, hunter, tailor, barber, captain, duke, emperor, policeman, janitor,
        baker, shepherd, musician, sculptor, photographer, scientist, miner, mechanic, gentleman, bridegroom, actor, viking, ninja,
        archer, woodcutter, merchant, beggar, innkeeper, conductor, referee, boxer, goalkeeper, spy, sheriff, bandit, mailman, plumber,
        tourist, husband, poet, drummer, lifeguard, priest, bartender, sorcerer, gladiator, warrior, hiker, climber, cyclist, jeweller,
        butler, burglar, inventor, professor, swordsman, lord, footman, coachman, cook, guy, fellow
    """,
    "woman": """
        woman, queen, princess, witch, nurse, dancer, mother, aunt, lady, sister, singer, waitress, actress, ballerina, bride, nun,
        empress, duchess, seamstress, goddess, mermaid, wife, countess, policewoman, hostess, sorceress, enchantress, heroine,
        businesswoman, saleswoman, stewardess, priestess, geisha, milkmaid, maid, fisherwoman, huntress, flower seller, fortune teller,
        mum, landlady, cleaning lady, opera singer
    """,
    "boy": """
        boy, child, kid, student, pupil, schoolboy, lad, son, page, newspaper boy, toddler, paperboy, shepherd boy, nephew, choirboy,
        cub scout, altar boy, stable boy
    """,
    "girl": """
        girl, daughter, schoolgirl, lass, niece, flower girl, little princess, maiden, granddaughter, girl scout, cheerleader, orphan
        girl, goose girl
    """,
    "old_man": """
        old man, grandfather, grandpa, elder, hermit, grandad, pensioner, old sailor, old king, old fisherman, old wizard, retired
        teacher, old farmer, old beggar, old shoemaker
    """,
    "old_woman": "old woman, grandmother, grandma, granny, nana, crone, old lady, old queen, widow, old witch, old nun",
    "robot": "robot, android, machine, droid, cyborg, automaton, rusty robot, tin man, mech, rover, vending machine on legs",
    "giant": "giant, ogre, troll, cyclops, titan, golem, yeti, bigfoot, colossus",
    "monkey": "monkey, ape, gorilla, chimp, chimpanzee, baboon, orangutan, gibbon, lemur, macaque",
    "penguin": "penguin, emperor penguin, baby penguin",
    "fox": "fox, vixen, fennec, arctic fox, fox cub",
    "dog": """
        dog, puppy, hound, poodle, terrier, labrador, corgi, beagle, husky, collie, pug, bulldog, dachshund, greyhound, spaniel, mutt,
        sheepdog, retriever, chihuahua, watchdog, dalmatian
    """,
    "cat": "cat, kitten, tabby, tomcat, kitty, feline, siamese",
    "wolf": "wolf, werewolf, coyote, jackal, hyena, wolf cub, dingo",
    "bear": "bear, panda, grizzly, polar bear, bear cub, koala, teddy bear, racoon",
    "rabbit": "rabbit, bunny, hare, jackrabbit, kangaroo",
    "horse": "horse, pony, unicorn, donkey, stallion, mare, foal, zebra, mule, colt, camel, racehorse, centaur, pegasus",
    "deer": "deer, stag, doe, reindeer, elk, moose, antelope, gazelle, fawn, giraffe, llama",
    "lion": "lion, tiger, leopard, panther, cheetah, jaguar, puma, lynx, lioness, lion cub, cougar",
    "mouse": """
        mouse, rat, squirrel, hedgehog, hamster, chipmunk, mole, beaver, otter, ferret, weasel, guinea pig, shrew, badger, skunk,
        raccoon
    """,
    "pig": "pig, cow, sheep, goat, lamb, piglet, bull, boar, calf, ram, ox, buffalo, hippo, rhino, elephant, sow, warthog, yak",
    "frog": """
        frog, toad, turtle, lizard, gecko, iguana, newt, tortoise, salamander, crocodile, snail, chameleon, alligator, snake, tadpole
    """,
    "dragon": "dragon, wyvern, dinosaur, sea serpent, baby dragon, hydra",
    "owl": "owl, barn owl, snowy owl, owlet",
    "bird": """
        bird, sparrow, pigeon, crow, raven, duck, swan, seagull, parrot, chicken, hen, rooster, goose, peacock, robin, magpie, stork,
        heron, crane, turkey, pelican, flamingo, duckling, dove, canary, ostrich, swallow, woodpecker, hummingbird, bat, toucan, gosling
    """,
    "eagle": "eagle, hawk, falcon, phoenix, vulture, condor, griffin, osprey, buzzard",
    "creature": """
        creature, monster, alien, ghost, beast, spirit, goblin, elf, dwarf, fairy, imp, gnome, slime, mummy, zombie, vampire, skeleton,
        octopus, fish, shark, whale, dolphin, spider, ant, bee, crab, butterfly, caterpillar, snowman, scarecrow, demon, angel,
        jellyfish, worm, squid, beetle, genie, ladybug, dragonfly, shadow, phantom, pixie, leprechaun, cricket, seal, lobster, mosquito,
        moth, firefly, wasp, sea lion, salmon, goldfish, scorpion
    """,
}
PROP_NOUNS: dict[str, str] = {
    "log": "log, trunk, fallen tree, timber, beam, tree stump, plank, fallen branch, tree trunk",
    "tree": "tree, oak, pine, willow, birch, palm tree, maple, apple tree, cherry tree, fir, Christmas tree, olive tree, cactus",
    "rock": "rock, stone, boulder, slab, gravestone, pebble, heap of stones, statue, ice block, stepping stone, meteorite",
    "bush": "bush, shrub, fern, thicket, rosebush, reeds, haystack, pile of leaves, clump of grass, ivy, corn, hay bale",
    "wall": "wall, brick wall, barrier, rampart, stone wall, snow wall, roadblock, parapet, barricade, dam",
    "fence": "fence, gate, railing, hurdle, garden fence, picket fence, barbed wire, turnstile, iron gate, hedge",
    "box": """
        box, crate, chest, barrel, suitcase, cardboard box, treasure chest, trunk of clothes, cabinet, fridge, wardrobe, coffin, cage,
        safe, piano, drawer, cupboard, mailbox, trash can, closet, oven, washing machine, coffer, locker, dustbin, television, cooler,
        parcel, package
    """,
    "table": "table, desk, counter, workbench, altar, picnic table, dinner table, anvil, shelf, bar counter",
    "chair": "chair, stool, throne, armchair, rocking chair, wheelchair, high chair, deckchair, saddle, beanbag, swing",
    "bench": "bench, sofa, couch, park bench, pew, settee, church bench, garden bench",
    "bed": "bed, mattress, hammock, cot, crib, cradle, sleeping bag, bunk, futon, straw bed, pillow, rug, carpet, blanket",
    "house": """
        house, cottage, hut, cabin, temple, building, tent, barn, shed, tower, windmill, lighthouse, igloo, shrine, pagoda, treehouse,
        inn, garage, greenhouse, chapel, skyscraper, stable, castle
    """,
    "door": "door, trapdoor, hatch, doorway, cellar door, front door, castle gate, curtain, shutter, elevator door, portal",
    "window": "window, mirror, painting, picture, portrait, screen, stained glass window, skylight, blackboard, whiteboard, poster",
    "lamp": "lamp, lantern, candle, torch, flashlight, chandelier, streetlamp, candlestick, oil lamp, lightbulb, spotlight, neon sign",
    "pole": """
        pole, post, sign, flag, pillar, mast, column, flagpole, lamppost, totem pole, signpost, ladder, antenna, scarecrow pole, bus
        stop, telescope, microphone
    """,
    "car": """
        car, cart, wagon, truck, bus, taxi, van, bicycle, motorcycle, sled, tractor, scooter, carriage, skateboard, train, tram,
        wheelbarrow, bike, motorbike, fire engine, ambulance, spaceship, sleigh, helicopter, plane, stroller, jeep, unicycle
    """,
    "boat": "boat, ship, raft, canoe, kayak, gondola, sailboat, ferry, rowboat, submarine, yacht, pirate ship, dinghy, surfboard",
    "bridge": """
        bridge, footbridge, drawbridge, rope bridge, dock, pier, jetty, walkway, gangplank, staircase, ramp, platform, stage, balcony
    """,
    "ball": """
        ball, apple, orange, egg, football, balloon, orb, pearl, marble, snowball, pumpkin, melon, coconut, peach, tomato, coin, gem,
        cherry, plum, beach ball, crystal ball, dice, potato, banana, diamond, pear, lemon, basketball, nut, acorn, walnut, berry, disc,
        frisbee, cookie, bun, candy, globe, watermelon, tennis ball, bomb
    """,
    "book": """
        book, letter, map, paper, scroll, note, newspaper, diary, notebook, magazine, photo, ticket, envelope, postcard, menu, card,
        laptop, sheet of music, recipe, comic, contract, dictionary, novel, cookbook, bill, drawing, invitation, passport, tablet,
        telegram, manuscript, blueprint
    """,
    "cup": """
        cup, bottle, glass, bowl, jar, teapot, mug, goblet, teacup, pot, kettle, vase, jug, pan, flask, cauldron, chalice, pitcher,
        water bottle, soup bowl, plate, canteen, thermos, wineglass, tankard, spoon, potion
    """,
    "flower": """
        flower, rose, tulip, daisy, lily, sunflower, bouquet, carrot, leaf, mushroom, clover, cabbage, feather, seed, wreath, dandelion,
        orchid, herb, lettuce, turnip, corn cob
    """,
    "sword": """
        sword, blade, knife, stick, staff, wand, umbrella, spear, axe, dagger, broom, shovel, hammer, bow, arrow, pen, brush, flute,
        cane, rope, fishing rod, bat, paddle, guitar, violin, pencil, rake, whip, mop, trumpet, lance, club, oar, pickaxe, branch,
        needle, parasol, net, racket, baton, saw, chain, spade, crutch, harpoon, sabre, katana
    """,
    "basket": """
        basket, bag, bucket, hat, doll, toy, gift, key, phone, backpack, purse, sack, helmet, crown, teddy, watch, ring, necklace,
        camera, coat, scarf, shoe, bone, cake, loaf of bread, drum, kite, mask, wallet, boot, cape, pie, sandwich, fish, compass, bell,
        cheese, medal, pizza, radio, glove, puppet, tray, clock, sponge, shield, blanket roll, lunchbox, ham, toolbox, cushion, tie,
        microphone stand, saddlebag, jacket, bracelet, trophy, alarm clock
    """,
    "fire": "fire, campfire, bonfire, stove, fireplace, furnace, hearth, flames, burning torch, brazier, grill",
    "river": "river, stream, pond, lake, puddle, creek, pool, fountain, swamp, waterfall, canal, brook, well, swimming pool, ditch",
    "thing": """
        thing, object, item, gadget, device, strange thing, engine, contraption, lever, button, trap, anchor, magnet, wheel, bathtub,
        generator
    """,
}
PLACES: dict[str, str] = {
    "forest": """
        in the forest, in the woods, in a jungle, through the forest, deep in the woods, among the trees of the forest, in a rainforest,
        in a bamboo grove, in a clearing in the woods, in the taiga, under the canopy of the jungle, on a forest path
    """,
    "field": """
        in a field, in a meadow, in the park, in the garden, in the yard, across a field, in an orchard, on a farm, in a vineyard, on
        the prairie, on the lawn, on a playground, in the backyard, in a rice paddy, on a golf course, in a wheat field, in a pasture,
        in the steppe, on a football pitch, in a cornfield, in the countryside
    """,
    "street": """
        in the street, on a country road, in a small town, in a village, at the market, in an alley, down the street, on the sidewalk,
        at a crossroads, in a bazaar, on a square, at a bus stop, on the pavement, in a parking lot, on the village square, at a fair,
        on a highway, in front of a shop
    """,
    "city": """
        in the city, downtown, on a rooftop, at the station, on the platform, on a roof, in a big city, in the subway, at the airport,
        on top of a skyscraper, in a traffic jam, in Tokyo, in New York, on a construction site, in a metropolis, on the roof of a tower
    """,
    "room": """
        in a room, in the bedroom, in the living room, in the kitchen, in an office, in a cafe, in a restaurant, in a bar, in a shop, in
        the attic, in the bathroom, in a hotel room, in a workshop, in the cellar, in a hospital, in a laboratory, in a bakery, in a
        cabin, in an elevator, in a small apartment, at home, in the nursery, in a tavern, in a studio, in a prison cell, in the
        hallway, in a garage, in a barn, in a tea house, in an inn, in the dining room
    """,
    "school": """
        at school, in a classroom, in the library, in a lecture room, in the schoolyard hall, in a kindergarten, in the gym of the
        school, at the university, in an exam room
    """,
    "hall": """
        in a hall, in the palace, in a castle, in a church, on a stage, in a theatre, in a dojo, in a cave, in a cathedral, in a throne
        room, in a museum, in a ballroom, in an opera house, in a tomb, in an arena, in a dungeon, in a circus tent, in a temple hall,
        in a concert hall, in a stadium, in a crypt, in a courtroom
    """,
    "beach": """
        on the beach, at the seaside, on the shore, on an island, by the sea, on the coast, on a sandy shore, in a lagoon, at a harbor,
        on a pier by the ocean, on the deck of a ship, in the ocean, on a desert island, under the palm trees by the sea
    """,
    "mountain": """
        in the mountains, on a mountain, on a cliff, on a hill, in a valley, on a mountain pass, on a peak, at the edge of a ravine, on
        a rocky ledge, on a volcano, at the summit, up in the Alps
    """,
    "desert": """
        in the desert, in the dunes, in a canyon, across the dunes, at an oasis, in the Sahara, among the dunes, in a dry wasteland
    """,
    "snowfield": """
        in a snowfield, on the ice, in the tundra, on a frozen lake, at the North Pole, on a glacier, in the Arctic, on a ski slope,
        across the snow, in Antarctica, on a frozen plain
    """,
    "riverside": """
        by the river, at the riverside, on a river bank, by a lake, at the lakeside, beside a pond, at a waterfall, on a bridge over the
        river, by a stream, in the reeds by the lake, at the mill by the brook, at the fishing pond
    """,
    "space": """
        in space, on the moon, on a strange planet, in a spaceship, on Mars, on an asteroid, in orbit, on a space station, on a distant
        star, in a rocket, aboard a starship
    """,
}
SETTINGS: dict[str, str] = {
    "forest": "pine needles cover the ground; ferns grow between the trunks; moss hangs from the branches",
    "field": """
        corn stands high; the cows graze on the grass; the hay smells sweet; flower beds line the path; a scarecrow stands among the
        crops
    """,
    "street": "cars honk; shop windows glow; stalls line the way; the cobblestones are wet; neighbours lean out of their windows",
    "city": "skyscrapers tower over everything; neon lights flicker; the traffic roars below; the train is late",
    "room": """
        a fire crackles in the fireplace; the curtains are drawn; dishes pile up in the sink; a clock ticks on the wall; the sofa is
        old; the kettle is on the stove
    """,
    "school": "the lesson has begun; the blackboard is full of numbers; bookshelves reach the ceiling; the exam is hard",
    "hall": """
        the audience is silent; organ music fills the air; the throne is empty; torches burn along the stone walls; the curtain is up
    """,
    "beach": "waves break on the sand; seagulls cry; shells lie everywhere; the tide is low; the palm trees sway",
    "mountain": "the peak is near; the path is steep; eagles circle over the summit; the air is thin",
    "desert": "there is sand as far as the eye can see; camels rest in the heat; the sun burns; cacti throw long shadows",
    "snowfield": "the ice cracks; snowdrifts are everywhere; the igloo is far away; polar light fills the sky",
    "riverside": "the water flows by; reeds sway on the bank; ducks float on the water; the mill wheel turns",
    "space": "the Earth is far away; stars glitter everywhere; there is no gravity; the oxygen is running out; craters are everywhere",
}
"""Sentences that show a place without naming it."""

MALE_NAMES = """
    Tom, Leo, Max, Ben, Jack, Sam, Paul, Peter, Hugo, Oscar, Felix, Otto, Carl, David, Daniel, Henry, George, Arthur, Frank, Martin,
    Robert, Simon, Victor, Walter, Adam, Ivan, Kenji, Hiro, Takeshi, Ahmed, Omar, Ravi, Carlos, Diego, Pedro, Marco, Luca, Jonas, Finn,
    Erik, Lars, Sven, Pierre, Louis, Jean, Antoine, Boris, Igor, Noah, Liam, Ethan, Caleb, Theo, Milo, Jasper, Edgar, Oliver, Charlie,
    Harry, Freddy, Bobby, Timmy, Jerry, Danny, Joe, Bill, Kai, Wei, Jun, Akira, Haruto, Yusuf, Rashid, Kofi, Nikolai, Sebastian, Joshua,
    Elias, Toby, Dylan, Barney
"""
FEMALE_NAMES = """
    Mia, Anna, Emma, Lily, Lucy, Sara, Clara, Julia, Maria, Rosa, Eva, Nora, Ella, Ida, Lena, Nina, Olga, Vera, Irene, Helen, Alice,
    Grace, Jane, Kate, Ruth, Rachel, Susan, Karen, Yuki, Sakura, Hana, Keiko, Aiko, Mei, Ling, Priya, Fatima, Aisha, Leila, Carmen,
    Isabel, Sofia, Gloria, Elena, Amelie, Chloe, Zoe, Camille, Ingrid, Astrid, Freya, Heidi, Greta, Frida, Ursula, Penny, Molly, Daisy,
    Ruby, Hazel, Ivy, Olivia, Ava, Isla, Poppy, Rosie, Betty, Wendy, Nancy, Peggy, Abigail, Harriet, Margaret, Edith, Miriam, Naomi,
    Tara, Amina, Zara, Dora, Beatrice, Momo, Kiki
"""
PET_NAMES: dict[str, str] = {
    "dog": "Rex, Rover, Fido, Bruno, Buddy, Rusty, Spot, Patch, Biscuit, Duke",
    "cat": "Whiskers, Mittens, Tiger Lily, Socks, Smokey, Misty, Pumpkin, Simba, Shadow, Felix the cat",
    "horse": "Thunder, Lightning, Star, Black Beauty, Silver, Blaze",
    "bird": "Polly, Tweety, Coco, Kiwi, Feathers",
    "robot": "Robo, Unit 7, Bolt, Gizmo, Sparky, Zed",
    "bear": "Bruin, Grizz, Baloo, Honeypaw",
    "dragon": "Ember, Drako, Scorch, Ignis",
    "mouse": "Pip, Squeak, Nibbles, Crumb",
    "rabbit": "Thumper, Clover, Cottontail, Flopsy",
    "pig": "Truffle, Daisy the cow, Wilbur, Hamlet",
    "fox": "Reynard, Todd, Rusty Tail, Foxy",
    "owl": "Hoot, Archimedes, Minerva, Hedwing",
    "frog": "Hopper, Lily Pad, Croaky",
    "lion": "Leon, Nala, Mane, Savanna",
    "monkey": "Bobo, Chico, Abu, Banjo",
    "wolf": "Fang, Grey Wind, Luna, Howler",
}
PET_ACTS: dict[str, str] = {
    "dog": "barks and wags his tail; fetches a stick; whines at the door; sniffs at a lamppost; scratches his ear with a hind leg",
    "cat": "purrs; licks her paws; arches her back and hisses; sharpens her claws; meows",
    "horse": "neighs; gallops; shakes his mane; stamps his hooves",
    "bird": "chirps; flaps her wings; pecks at some seeds; tweets a song",
    "robot": "beeps; reboots; whirs; recharges his battery",
    "bear": "growls and looks for honey; wakes up from his winter sleep; scratches his fur against a tree",
    "dragon": "breathes fire; spreads his huge leathery wings; puffs smoke from his nostrils",
    "mouse": "squeaks; nibbles at a piece of cheese; slips into a hole in the wall",
    "rabbit": "twitches her long ears; nibbles at a carrot; hops out of her burrow",
    "pig": "grunts; rolls in the mud; oinks",
    "fox": "swishes his bushy red tail; sneaks out of his den",
    "owl": "hoots; turns her head all the way around; blinks her big yellow eyes on the branch",
    "frog": "croaks; catches a fly with his tongue; hops off a lily pad",
    "lion": "roars; shakes his mane",
    "monkey": "swings from branch to branch; peels a banana; hangs by his tail",
    "wolf": "howls at the moon; bares his fangs; leads the pack",
}
"""What shows that a name is an animal's."""
PERSON_ADJECTIVES = """
    old, young, tall, small, thin, fat, clumsy, blonde, bearded, rich, poor, strong, hungry, elegant, lazy, famous, barefoot, masked,
    clever, red-haired, bald, local, skinny, ragged, wealthy, muscular, short, one-eyed, freckled, wrinkled
"""
BEAST_ADJECTIVES = """
    red, black, white, grey, brown, little, big, huge, tiny, hungry, fat, clever, old, young, fluffy, golden, wild, lazy, wet, spotted,
    furry, giant, green, blue, sly, striped, small, three-legged, muddy, purple
"""
PROP_ADJECTIVES = """
    old, big, small, red, blue, green, wooden, golden, heavy, broken, huge, tiny, shiny, rusty, white, black, round, strange, beautiful,
    dusty, tall, low, fallen, silver, brown, empty, ancient, yellow, magic, mossy, striped, cracked
"""
