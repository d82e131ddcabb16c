"""English nouns of stories beyond the vocabularies, with the kind of character or prop that comes nearest.

Knows words. Does not know sentences.
"""

from __future__ import annotations

import re


def _table(lines: str) -> dict[str, str]:
    """`kind: noun, noun` as noun to kind; the nouns of a kind may go on in the next line."""
    parts = re.split(r"(\w+):", lines)[1:]
    return {
        " ".join(noun.split()): kind
        for kind, nouns in zip(parts[::2], parts[1::2], strict=True)
        for noun in nouns.split(",")
        if noun.strip()
    }


CHARACTERS: dict[str, str] = _table("""
    man: pirate, captain, scientist, astronaut, baker, barber, blacksmith, carpenter, clown, conductor, cook,
        coach, cowboy, gardener, general, husband, inventor, janitor, judge, juggler, lawyer, lumberjack, magician,
        mailman, mechanic, merchant, miner, musician, ninja, nobleman, officer, pilot, policeman, priest, referee,
        runner, sculptor, shepherd, shopkeeper, tailor, waiter, warrior, woodcutter, zookeeper, boxer, firefighter,
        fireman, gentleman, groom, hunter, hiker, skater, skier, surfer, cyclist, swimmer, archer, viking, emperor,
        duke, jester, butler, poet, writer, drummer, guitarist, pianist, violinist, worker, neighbor, neighbour,
        friend, traveler, traveller, wanderer, villager, servant, rider, swordsman, sorcerer, vampire, zombie, ranger,
        scout, spy, bandit, robber, butcher, professor, grandson, nephew, fool, rival, guest, visitor, tourist,
        passenger, customer, patient, engineer, builder, artist, photographer, journalist, reporter, climber,
        explorer, adventurer, diver, gunman, assassin, mime
    woman: ballerina, bride, maid, housewife, empress, goddess, wife, duchess, countess, saleswoman, policewoman,
        businesswoman, librarian, seamstress, mermaid, fairy, enchantress, granddaughter, niece, girlfriend,
        cheerleader, secretary, flight attendant, babysitter
    old_man: old fisherman, old monk, old wizard, old samurai, grandad, granddad
    old_woman: granny, old lady, old witch, old mother
    boy: baby, toddler, schoolboy, orphan, teenager, apprentice, elf, gnome, dwarf, goblin, twin, youngster, lad,
        infant
    girl: lass, little sister
    robot: cyborg, drone, automaton
    giant: cyclops, golem, yeti
    creature: slime, blob, demon, imp, gremlin, snowman, scarecrow, skeleton, mummy, kraken, octopus, jellyfish,
        crab, spider, ant, beetle, bug, insect, caterpillar, worm, snail
    frog: fish, snake, crocodile, alligator, salamander, gecko, chameleon, tadpole, goldfish, shark, whale,
        dolphin, seal, tortoise
    bird: bee, butterfly, moth, dragonfly, bat, goose, robin, canary, hummingbird, woodpecker, flamingo, peacock,
        pelican, stork, heron, magpie, duckling, chick, turkey, ostrich, firefly, mosquito, wasp
    eagle: vulture, condor, griffin, pegasus
    dog: wolfhound, poodle, bulldog, husky, retriever, terrier, coyote, hyena, jackal
    cat: tomcat, lynx, cheetah cub
    lion: panther, jaguar, cheetah, puma, lioness, cub
    bear: elephant, rhino, rhinoceros, hippo, hippopotamus, koala, badger, walrus, mammoth, gorilla mother
    horse: zebra, camel, mule, stallion, mare, foal, llama, giraffe, ox, bull, buffalo
    deer: antelope, gazelle, moose, reindeer, elk, fawn
    mouse: hamster, chipmunk, beaver, otter, ferret, weasel, mole, guinea pig, raccoon, skunk, possum
    rabbit: kangaroo, wallaby
    pig: boar, piglet, calf, ram, ewe
    monkey: baboon, orangutan, chimpanzee, lemur, sloth
    dragon: dinosaur, wyvern, basilisk, hydra, t-rex
""")

PROPS: dict[str, str] = _table("""
    basket: cake, pie, sandwich, pizza, crown, necklace, ring, clock, radio, backpack, purse, wallet,
        jacket, coat, scarf, dress, shoe, boot, glove, helmet, mask, coin, gem, diamond, pearl, treasure, jewel,
        telescope, compass, nest, cage, medal, trophy, blanket, pillow, towel, shirt, bell, puppet, balloon, kite,
        seashell, shell, honey, cheese, bread, cookie, meat, bone, snowball, rope, string, thread, wire, computer, laptop, tv, microphone
    cup: mug, vase, lantern jar, potion, pot, kettle, plate, dish, soup, tea, coffee, milk, juice, water
        bottle, spoon, fork
    ball: pumpkin, melon, watermelon, peach, pear, lemon, tomato, potato, pebble, coconut, cherry, berry, snow
        globe, globe, crystal ball, basketball, football, marble, acorn, nut, bubble
    book: newspaper, magazine, diary, notebook, picture, photo, photograph, painting, card, postcard, ticket,
        envelope, document, poster, menu
    flower: carrot, tulip, daisy, sunflower, lily, bouquet, leaf, mushroom, herb, cabbage, banana, grape
    sword: spear, arrow, bow and arrow, axe, hammer, shovel, broom, pen, pencil, paintbrush, guitar, violin,
        flute, trumpet, gun, rifle, fishing rod, rod, baton, racket, oar, torch, dagger, katana, ladle, cane, branch
        stick
    box: trunk chest, parcel, package, coffin, cupboard, fridge, refrigerator, oven, piano, drawer, wardrobe,
        bookshelf, shelf, cabinet, safe, machine, washing machine, television, brick, hay bale
    rock: statue, tombstone, pebble, snowdrift, mound, iceberg, stump
    table: counter, altar, workbench, easel, anvil
    chair: armchair, rocking chair, saddle
    bench: pew, hammock
    bed: cradle, cot, mattress, rug, carpet, mat
    house: barn, tent, tower, lighthouse, windmill, shed, igloo, church tower, treehouse, mansion, palace gate
    door: gateway, doorway, portal, curtain, mirror
    car: bicycle, bike, motorcycle, train, tractor, van, carriage, sled, sledge, sleigh, scooter, skateboard,
        ambulance, tank, fire truck
    boat: canoe, kayak, submarine, sailboat, ferry, surfboard, airplane, plane, helicopter, rocket, spaceship pod
    pole: mast, ladder, street sign, traffic light, scarecrow pole, flagpole, column
    lamp: lamp post, lamppost, chandelier, spotlight
    fire: flames, fireplace, oven fire, furnace
    river: fountain, pool, waterfall, well, creek, swamp
    fence: barrier, hurdle, barricade, turnstile, obstacle
    log: beam, tree trunk
    thing: cloud of dust, toolbox
""")
"""Words of several parts stand for themselves; the longest match wins."""
